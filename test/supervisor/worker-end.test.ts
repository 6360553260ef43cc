import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProcessExit } from '../../src/keeper/contract.ts';
import { endByExit, endByLoss, endOfCurrent, type WorkerEnd } from '../../src/supervisor/worker-end.ts';
import type { Assignment, Ending, Worker } from '../../src/supervisor/worker.ts';

const computing = [{} as Assignment];
const killed: ProcessExit = { code: null, signal: 'SIGKILL', at: 0, logTail: '' };
const exitCode1: ProcessExit = { code: 1, signal: null, at: 0, logTail: 'Traceback\nValueError: no alpha\n' };

const ended = (more: Partial<Pick<Worker, 'state' | 'ending' | 'assignments'>> = {}) => ({
  state: 'RUNNING' as const,
  ending: undefined,
  assignments: [],
  ...more,
});
const ending = (more: Partial<Ending> = {}): Ending => ({
  to: 'DEAD',
  reason: 'drained',
  outcome: 'crashed',
  relaunch: false,
  forced: false,
  ...more,
});
const told = ({ to, reason, outcome }: WorkerEnd): string => `${to}, ${outcome}: ${reason}`;

describe('the end of a worker', () => {
  for (const [what, worker, exit, expected] of [
    ['unasked', ended(), killed, 'FAILED, crashed: was killed by SIGKILL'],
    [
      'unasked, with a last word',
      ended(),
      exitCode1,
      'FAILED, crashed: ended with exit code 1: ValueError: no alpha',
    ],
    [
      'before it registered',
      ended({ state: 'STARTING' }),
      killed,
      'FAILED, crashed: was killed by SIGKILL before it registered',
    ],
    ['as it was asked to', ended({ state: 'DRAINING', ending: ending() }), killed, 'DEAD, crashed: drained'],
    [
      'as it was asked to, and by force',
      ended({ state: 'DRAINING', ending: ending({ forced: true }) }),
      killed,
      'DEAD, crashed: drained; it had to be forced',
    ],
    [
      'in the middle of the job that it was to finish',
      ended({ state: 'DRAINING', ending: ending(), assignments: computing }),
      killed,
      'FAILED, crashed: ended with SIGKILL while draining',
    ],
    [
      'stopped with a job',
      ended({ ending: ending({ outcome: 'aborted', reason: 'stopped by hand' }), assignments: computing }),
      killed,
      'DEAD, aborted: stopped by hand',
    ],
  ] as const)
    it(`is told when it came ${what}`, () => assert.equal(told(endByExit(worker, exit)), expected));

  for (const [what, worker, expected] of [
    ['unasked', ended({ assignments: computing }), 'FAILED, lost: its machine went'],
    [
      'draining with a job',
      ended({ ending: ending(), assignments: computing }),
      'FAILED, lost: its machine went',
    ],
    ['draining without one', ended({ ending: ending() }), 'DEAD, crashed: drained'],
    [
      'stopped with one',
      ended({ ending: ending({ outcome: 'aborted', reason: 'stopped by hand' }), assignments: computing }),
      'DEAD, aborted: stopped by hand',
    ],
  ] as const)
    it(`is told when it was lost, ${what}`, () =>
      assert.equal(told(endByLoss(worker, 'its machine went')), expected));
});

describe('the job that a worker computed when it ended', () => {
  const end: WorkerEnd = {
    to: 'DEAD',
    reason: 'aborted',
    outcome: 'aborted',
    how: 'SIGKILL',
    logTail: 'last',
  };
  const current = (interrupted?: NonNullable<Assignment['interrupted']>['outcome']): Assignment =>
    ({
      job: { timeout: 60 },
      ...(interrupted ? { interrupted: { outcome: interrupted } } : {}),
    }) as Assignment;

  it('ends as the worker did, with the end of its log', () => {
    assert.deepEqual(endOfCurrent(current(), end), {
      outcome: 'aborted',
      error: { message: 'Its worker was ended: aborted.', type: 'SIGKILL' },
      logTail: 'last',
    });
    assert.equal(
      endOfCurrent(current(), { ...end, outcome: 'crashed' }).error?.message,
      'Its worker ended (SIGKILL).',
    );
  });

  it('stays cancelled or timed out if it was to end for that', () => {
    assert.equal(endOfCurrent(current('cancelled'), { ...end, outcome: 'crashed' }).outcome, 'cancelled');
    assert.equal(endOfCurrent(current('timed-out'), { ...end, outcome: 'lost' }).outcome, 'timed-out');
    assert.equal(endOfCurrent(current('returned'), { ...end, outcome: 'crashed' }).outcome, 'crashed');
    assert.equal(endOfCurrent(current('aborted'), { ...end, outcome: 'lost' }).outcome, 'lost');
  });
});
