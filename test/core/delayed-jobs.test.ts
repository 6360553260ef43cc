import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DelayedJobs } from '../../src/core/delayed-jobs.ts';
import type { PendingJob } from '../../src/core/job.ts';

const job = (id: number): PendingJob => ({ id }) as PendingJob;

const step = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), id: fc.nat(20), due: fc.nat(50) }),
  fc.record({ kind: fc.constant('remove' as const), id: fc.nat(20) }),
  fc.record({ kind: fc.constant('take' as const), now: fc.nat(50) }),
);

describe('jobs that wait for a moment', () => {
  it('come back once, when it has come, soonest first', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const delayed = new DelayedJobs();
        const model = new Map<number, number>();
        for (const next of steps) {
          if (next.kind === 'add') {
            if (model.has(next.id)) continue;
            delayed.add(job(next.id), next.due);
            model.set(next.id, next.due);
          } else if (next.kind === 'remove') {
            assert.equal(delayed.remove(next.id)?.id, model.has(next.id) ? next.id : undefined);
            model.delete(next.id);
          } else {
            const due = [...model].filter(([, time]) => time <= next.now);
            const taken = delayed.takeDue(next.now).map(({ id }) => id);
            assert.deepEqual([...taken].sort(), due.map(([id]) => id).sort());
            const times = taken.map((id) => model.get(id)!);
            assert.deepEqual(
              times,
              times.toSorted((a, b) => a - b),
            );
            for (const id of taken) model.delete(id);
          }
          assert.equal(delayed.size, model.size);
          assert.deepEqual(new Map(delayed.delays().map(({ job: { id }, due }) => [id, due])), model);
          assert.equal(delayed.nextDue, model.size === 0 ? undefined : Math.min(...model.values()));
        }
      }),
    );
  });
});
