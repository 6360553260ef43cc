import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatDuration, parseDuration } from '../../src/core/duration.ts';

describe('a duration', () => {
  const readings: [text: string, seconds: number | undefined][] = [
    ['30s', 30],
    ['5m', 300],
    ['5 min', 300],
    ['48h', 172_800],
    ['2d', 172_800],
    ['1h 30m', 5400],
    ['1h30m', 5400],
    ['1.5h', 5400],
    ['250ms', 0.25],
    ['90', 90],
    ['0.5', 0.5],
    ['', undefined],
    ['soon', undefined],
    ['-5s', undefined],
    ['5 minutes', undefined],
    ['1:30', undefined],
    ['5m x', undefined],
    ['x 5m', undefined],
    ['5mh', undefined],
    ['3650d', 315_360_000],
    ['3651d', undefined],
    ['99999999999999999999', undefined],
  ];
  for (const [text, seconds] of readings) {
    it(`"${text}" is ${seconds ?? 'none'}`, () => assert.equal(parseDuration(text), seconds));
  }

  const writings: [seconds: number, text: string][] = [
    [-3, '0 s'],
    [0, '0 s'],
    [Number.NaN, '0 s'],
    [0.0001, '1 ms'],
    [0.35, '350 ms'],
    [0.9999, '1 s'],
    [9, '9 s'],
    [4.23, '4.2 s'],
    [9.96, '10 s'],
    [38.4, '38 s'],
    [59.6, '1 min'],
    [125, '2 min 5 s'],
    [3599.7, '1 h'],
    [8040, '2 h 14 min'],
    [86_399, '24 h'],
    [86_400, '1 d'],
    [273_600, '3 d 4 h'],
  ];
  for (const [seconds, text] of writings) {
    it(`${seconds} reads ${text}`, () => assert.equal(formatDuration(seconds), text));
  }
});
