import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { countsAsFailure, isTerminal, stateAfter } from '../../src/core/job-state.ts';
import type { AttemptOutcome } from '../../src/core/job.ts';
import { WORKER_STATES, isLive, mayBecome } from '../../src/core/worker-state.ts';
import type { WorkerState } from '../../src/core/worker.ts';

describe('the state machine of a worker', () => {
  it('begins with STARTING and nothing else', () => {
    assert.deepEqual(
      WORKER_STATES.filter((state) => mayBecome(null, state)),
      ['STARTING'],
    );
  });

  it('reaches every state, and from every state a state without a process', () => {
    const reached = new Set<WorkerState>(['STARTING']);
    for (const from of reached) for (const to of WORKER_STATES) if (mayBecome(from, to)) reached.add(to);
    assert.deepEqual([...reached].sort(), [...WORKER_STATES].sort());
    for (const from of WORKER_STATES) {
      assert.ok(!isLive(from) || WORKER_STATES.some((to) => mayBecome(from, to) && !isLive(to)), from);
    }
  });

  it('leaves FAILED and DEAD only by a new launch, and never takes a draining worker back', () => {
    for (const to of WORKER_STATES) {
      assert.equal(mayBecome('FAILED', to), to === 'STARTING');
      assert.equal(mayBecome('DEAD', to), to === 'STARTING');
    }
    assert.equal(mayBecome('DRAINING', 'RUNNING'), false);
  });

  it('has no transition to itself: a transition that is recorded says something', () => {
    for (const state of WORKER_STATES) assert.equal(mayBecome(state, state), false, state);
  });
});

const outcomes: AttemptOutcome[] = [
  'done',
  'failed',
  'crashed',
  'timed-out',
  'aborted',
  'cancelled',
  'returned',
];

describe('the state of a job after an attempt', () => {
  it('follows the published rules, whatever order the attempts end in', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.constantFrom(...outcomes), { minLength: 1, maxLength: 30 }),
        (maxAttempts, ends) => {
          let failures = 0;
          for (const outcome of ends) {
            const next = stateAfter(outcome, { failures, maxAttempts });
            if (countsAsFailure(outcome)) failures++;
            assert.equal(next === 'done', outcome === 'done');
            assert.equal(next === 'cancelled', outcome === 'cancelled');
            assert.equal(next === 'failed', countsAsFailure(outcome) && failures === maxAttempts);
            assert.ok(failures <= maxAttempts, 'never tried more often than allowed');
            if (next !== 'pending') {
              assert.ok(isTerminal(next));
              return;
            }
          }
        },
      ),
    );
  });

  it('costs a job nothing when a person aborted its worker or it came back unstarted', () => {
    for (const outcome of ['aborted', 'returned'] as const) {
      assert.equal(stateAfter(outcome, { failures: 0, maxAttempts: 1 }), 'pending');
    }
  });
});
