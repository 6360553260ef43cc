import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { anyText } from '../any-text.ts';
import {
  decodeRecord,
  encodeRecord,
  exactLineLength,
  firstSequenceOf,
  maximumLineLength,
  parseHeader,
  recordText,
  segmentName,
} from '../../src/store/journal-format.ts';

function encode(text: string): Buffer {
  const room = Buffer.alloc(maximumLineLength(text));
  return room.subarray(0, encodeRecord(text, room));
}

const record = fc
  .tuple(fc.integer({ min: 1 }), fc.integer({ min: 1, max: 9 }), fc.nat(), fc.nat(), anyText)
  .map(([first, count, flushed, time, reason]) =>
    recordText(first, count, flushed, time, JSON.stringify({ type: 'job.cancelled', job: 1, reason })),
  );

describe('journal format', () => {
  it('reads what it wrote, any text, in exactly the room it says', () => {
    fc.assert(
      fc.property(record, (text) => {
        const line = encode(text);
        assert.equal(line.length, exactLineLength(text));
        assert.equal(line.indexOf('\n'), line.length - 1);
        assert.equal(decodeRecord(line.subarray(0, -1))!.text, text);
      }),
    );
  });

  it('says where a record belongs without parsing its events', () => {
    const line = encode(recordText(17, 3, 16, 1_763_780_000_000, '{},{},{}'));
    assert.deepEqual(decodeRecord(line.subarray(0, -1))!.summary, { first: 17, last: 19, flushed: 16 });
  });

  it('takes no line with a single bit changed', () => {
    const line = encode(recordText(1, 1, 0, 5, '{"type":"crew.wanted","wanted":true}')).subarray(0, -1);
    for (let bit = 0; bit < line.length * 8; bit++) {
      const flipped = Buffer.from(line);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      assert.equal(decodeRecord(flipped), undefined, `bit ${bit}`);
    }
  });

  it('names segments so that they sort by age', () => {
    assert.equal(segmentName(42), '0000000000000042.log');
    assert.equal(firstSequenceOf('0000000000000042.log'), 42);
    assert.equal(firstSequenceOf('42.log'), undefined);
    assert.equal(firstSequenceOf('0000000000000042.log.bak'), undefined);
    assert.ok(segmentName(9) < segmentName(10) && segmentName(999_999_999) < segmentName(1_000_000_000));
  });

  it('reads the version of any header', () => {
    assert.deepEqual(parseHeader('nightcrew-journal 3.14'), { major: 3, minor: 14 });
    assert.equal(parseHeader('nightcrew-journal'), undefined);
    assert.equal(parseHeader('SQLite format 3'), undefined);
  });
});
