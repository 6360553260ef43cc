import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JournalEvent } from '../../src/core/events.ts';
import { POOL_DEFAULTS } from '../../src/core/pool.ts';
import { InvariantError } from '../../src/store/invariant-error.ts';
import { batchEvent } from './batch-event.ts';
import { RAMP } from './ramp-record.ts';
import { copyOf, open, stateFolder, withStore } from './state-folder.ts';

const BEFORE: JournalEvent[] = [
  {
    type: 'pool.declared',
    pool: {
      name: 'p',
      command: ['p'],
      protocol: 'worker',
      workers: 2,
      attempts: 3,
      env: {},
      grace: 30,
      ...POOL_DEFAULTS,
    },
  },
  { type: 'worker.added', worker: 'p-1', pool: 'p', labels: {} },
  { type: 'worker.launched', worker: 'p-1', launch: 1, command: ['p'] },
  { type: 'worker.transitioned', worker: 'p-1', launch: 1, from: null, to: 'STARTING', reason: 'started' },
  batchEvent(),
];

function ended(job: number, finishedAt: number, type?: string): JournalEvent[] {
  return [
    { type: 'job.claimed', job, attempt: 1, worker: 'p-1', launch: 1, frame: job },
    {
      type: 'job.finished',
      job,
      attempt: 1,
      outcome: type ? 'failed' : 'done',
      next: type ? 'pending' : 'done',
      startedAt: 1,
      finishedAt,
      ...(type ? { error: { message: 'gone', type } } : {}),
    },
  ];
}

describe('the record of a ramp', () => {
  it('holds how far it has come over the death of the supervisor, and what has ended in its pool since', async () => {
    const folder = stateFolder();
    const store = await open(folder);
    for (const event of BEFORE) store.append(event);
    for (const event of [...ended(1, 500), ...ended(2, 2_000, 'SessionLost')]) store.append(event);
    store.append({ type: 'ramp.moved', ramp: RAMP });
    store.append({ type: 'ramp.soaked', pool: 'p', soaked: 12.5 });
    await store.flush();
    await withStore(copyOf(folder), async (successor) => {
      const { ramps } = await successor.query('restore', {});
      assert.deepEqual(
        ramps.map(({ since, ...ramp }) => [typeof since, ramp]),
        [['number', { ...RAMP, soaked: 12.5 }]],
      );
      const since = RAMP.stepSince;
      const record = await successor.query('poolRecord', { pool: 'p', since, limit: 10 });
      assert.deepEqual(record.attempts, [
        {
          job: 2,
          attempt: 1,
          worker: 'p-1',
          outcome: 'failed',
          at: 2_000,
          error: { message: 'gone', type: 'SessionLost' },
        },
      ]);
      assert.deepEqual(
        record.transitions.map(({ worker, to }) => [worker, to]),
        [['p-1', 'STARTING']],
      );
      const incident = '1970-01-01T00-00-02Z-p';
      successor.append({
        type: 'ramp.moved',
        ramp: { ...RAMP, state: 'rolled-back', reason: 'lost', incident },
      });
      const alerts = await successor.query('alertable', { through: 0, at: 5_000, limit: 10 });
      assert.deepEqual(
        alerts.map(({ kind }) => kind),
        ['ramp'],
      );
      const after = await successor.query('poolRecord', { pool: 'p', since, limit: 10 });
      assert.deepEqual(
        after.rampChanges.map(({ state, workers, reason }) => [state, workers, reason]),
        [
          ['soaking', 2, 'started by hand'],
          ['rolled-back', 1, 'lost'],
        ],
      );
    });
    await store.close();
  });

  it('takes nothing of a pool, a ramp or a step that is not there', async () => {
    const store = await open(stateFolder());
    const refused = (event: JournalEvent, reason: RegExp): void =>
      assert.throws(
        () => store.append(event),
        (error) => error instanceof InvariantError && reason.test(error.message),
      );
    refused({ type: 'ramp.moved', ramp: RAMP }, /pool p does not exist/);
    store.append(BEFORE[0]!);
    refused({ type: 'ramp.soaked', pool: 'p', soaked: 1 }, /pool p has no ramp/);
    refused({ type: 'ramp.moved', ramp: { ...RAMP, step: 1 } }, /its ramp has no step 1/);
    store.append({ type: 'ramp.moved', ramp: RAMP });
    store.append({ type: 'ramp.soaked', pool: 'p', soaked: 1 });
    await store.close();
  });
});
