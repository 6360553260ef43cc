import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePointInTime } from '../../src/core/point-in-time.ts';

const now = new Date(2026, 10, 22, 9, 15, 30).getTime();

describe('a point in time', () => {
  const known: [text: string, ...date: [number, number, number, number?, number?, number?]][] = [
    ['today', 2026, 10, 22],
    ['Yesterday', 2026, 10, 21],
    ['2026-03-01', 2026, 2, 1],
    ['2026-11-22 04:39', 2026, 10, 22, 4, 39],
    ['2026-11-22T04:39:55', 2026, 10, 22, 4, 39, 55],
    ['12h', 2026, 10, 21, 21, 15, 30],
    ['1h 30m ago', 2026, 10, 22, 7, 45, 30],
    ['2d', 2026, 10, 20, 9, 15, 30],
  ];
  for (const [text, ...date] of known) {
    it(`is read from "${text}"`, () => {
      assert.equal(parsePointInTime(text, now), new Date(...date).getTime());
    });
  }

  it('is none in anything else', () => {
    for (const text of [
      '',
      '12',
      '2026',
      'tomorrow',
      '2026-02-30',
      '2026-13-01',
      '2026-01-01 25:00',
      '-2h',
      'h',
    ]) {
      assert.equal(parsePointInTime(text, now), undefined, text);
    }
  });
});
