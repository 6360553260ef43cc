import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../manual-clock.ts';
import { SmallCrew } from './small-crew.ts';

describe('a job that is given to a worker', () => {
  it('is on its way when the tick ends that recorded it', async () => {
    const crew = new SmallCrew(new ManualClock());
    crew.start();
    crew.enqueue(2);
    await crew.settle();
    assert.ok(crew.sent.some(({ body }) => body.method === 'job/run'));
    assert.equal(crew.flushed, crew.sent.length);
  });
});
