import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatByteSize, parseByteSize } from '../../src/core/byte-size.ts';

describe('a size in bytes', () => {
  const readings: [text: string, bytes: number | undefined][] = [
    ['8GB', 8e9],
    ['8 gb', 8e9],
    ['1.5GB', 1.5e9],
    ['512MiB', 512 * 2 ** 20],
    ['100 B', 100],
    ['8', undefined],
    ['8G', undefined],
    ['iB', undefined],
    ['1 iB', undefined],
    ['-1GB', undefined],
  ];
  for (const [text, bytes] of readings) {
    it(`"${text}" is ${bytes ?? 'none'}`, () => assert.equal(parseByteSize(text), bytes));
  }

  const writings: [bytes: number, text: string][] = [
    [-1, '0 B'],
    [812, '812 B'],
    [999.6, '1.0 kB'],
    [6.2e9, '6.2 GB'],
    [9.96e9, '10 GB'],
    [512e6, '512 MB'],
    [999.7e6, '1.0 GB'],
  ];
  for (const [bytes, text] of writings) {
    it(`${bytes} reads ${text}`, () => assert.equal(formatByteSize(bytes), text));
  }
});
