import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ageOfFrame, DeliveryTimes } from '../../src/keeper/delivery-times.ts';

describe('the age of a frame', () => {
  it('is never longer than it is, within a second for the newest, and costs bounded memory', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 3000 }),
        (gaps) => {
          const times = new DeliveryTimes();
          const delivered: number[] = [];
          let now = 0;
          for (const gap of gaps) {
            now += gap;
            delivered.push(now);
            times.add(delivered.length, now);
          }
          now += 5_000;
          const ages = times.ages(now);
          assert.ok(ages.length <= 257);
          for (const [index, at] of delivered.entries()) {
            const age = ageOfFrame(ages, index + 1);
            assert.ok(age <= now - at, `frame ${index + 1}: ${age} of ${now - at}`);
            if (index >= delivered.length - 100) assert.ok(age >= now - at - 1000);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is nothing when nothing is known', () => {
    assert.equal(ageOfFrame([], 3), 0);
    assert.equal(ageOfFrame([{ frame: 2, milliseconds: 10 }], 3), 0);
  });
});
