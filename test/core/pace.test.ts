import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MOST_A_SECOND, Pace } from '../../src/core/pace.ts';

describe('how often something is told', () => {
  it('tells the first at once, and news at once behind it', () => {
    const pace = new Pace();
    assert.equal(pace.wait(false, 1_000), 0);
    pace.told(1_000);
    assert.equal(pace.wait(false, 1_001), 124);
    assert.equal(pace.wait(true, 1_001), 0);
  });

  it('leaves room for news beside a routine that never rests', () => {
    const pace = new Pace();
    let now = 0;
    for (let round = 0; round < 100; round++) {
      now += pace.wait(false, now);
      pace.told(now);
    }
    assert.equal(pace.wait(true, now + 1), 0);
    pace.told(now + 1);
    assert.equal(pace.wait(true, now + 2), 0);
  });

  it('tells no more than ten times in any second, whatever comes when', () => {
    const asks = fc.array(fc.record({ pause: fc.nat(200), isNews: fc.boolean() }), { maxLength: 300 });
    fc.assert(
      fc.property(asks, (asked) => {
        const pace = new Pace();
        const told: number[] = [];
        let now = 0;
        for (const { pause, isNews } of asked) {
          now += pause;
          now += pace.wait(isNews, now);
          pace.told(now);
          told.push(now);
          assert.ok(told.filter((at) => at > now - 1_000).length <= MOST_A_SECOND);
        }
      }),
    );
  });
});
