import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { systemClock } from '../../src/core/clock.ts';

const DAY = 86_400_000;

describe("the machine's clock", () => {
  it('waits for longer than a timer of the machine can', (test) => {
    test.after(() => mock.timers.reset());
    mock.timers.enable({ apis: ['setTimeout'] });
    let passed = 0;
    test.mock.method(performance, 'now', () => passed);
    let calls = 0;
    systemClock.after(60 * DAY, () => calls++);
    for (let day = 0; day < 59; day++) {
      passed += DAY;
      mock.timers.tick(DAY);
    }
    assert.equal(calls, 0);
    passed += DAY;
    mock.timers.tick(DAY);
    assert.equal(calls, 1);
    const cancel = systemClock.after(60 * DAY, () => calls++);
    passed += 30 * DAY;
    mock.timers.tick(30 * DAY);
    cancel();
    passed += 60 * DAY;
    mock.timers.tick(60 * DAY);
    assert.equal(calls, 1);
  });
});
