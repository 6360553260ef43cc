import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { anyText } from '../any-text.ts';
import type { JobFinished, JournalEvent } from '../../src/core/events.ts';
import { Projection } from '../../src/store/projection.ts';
import { answer } from '../../src/store/queries/answer.ts';
import { batchEvent } from './batch-event.ts';
import { engine } from './dump.ts';

const worker = 'p-1';

const crew: JournalEvent[] = [
  { type: 'worker.added', worker, pool: 'p', labels: { domain: 'law' } },
  { type: 'worker.launched', worker, launch: 1, command: ['python', 'p.py'] },
  batchEvent(),
];

function claim(job: number, attempt = 1, launch = 1): JournalEvent {
  return { type: 'job.claimed', job, attempt, worker, launch, frame: 1 };
}

function finish(job: number, attempt: number, changes: Partial<JobFinished> = {}): JournalEvent {
  return {
    type: 'job.finished',
    job,
    attempt,
    outcome: 'done',
    next: 'done',
    startedAt: 5,
    finishedAt: 9,
    ...changes,
  };
}

function transition(
  from: 'STARTING' | 'RUNNING' | null,
  to: 'RUNNING' | 'STARTING',
  launch = 1,
): JournalEvent {
  return { type: 'worker.transitioned', worker, launch, from, to, reason: 'because' };
}

/** Applies each event as a record of its own; looks at the tables in between if asked, which writes what was held back. */
function lived(events: JournalEvent[], look = false): Projection {
  const projection = Projection.empty(engine);
  for (const [index, event] of events.entries()) {
    projection.apply([{ s: index + 1, n: 1, t: 1000 + index, e: [event] }]);
    if (look) projection.settle();
  }
  projection.settle();
  return projection;
}

const failed: Partial<JobFinished> = {
  outcome: 'failed',
  next: 'pending',
  error: { message: 'diverged' },
  logTail: '…',
};

describe('an event that does not fit', () => {
  const cases: Record<string, JournalEvent[]> = {
    'a claim of a job that runs': [claim(1), claim(1, 2)],
    'a claim with an attempt that was made': [claim(1), finish(1, 1, failed), claim(1, 1)],
    'a claim that leaves an attempt out': [claim(1, 2)],
    'a claim of a job that has ended': [claim(1), finish(1, 1), claim(1, 2)],
    'a claim of a job that does not exist': [claim(99)],
    'a claim by an earlier launch': [claim(1, 1, 0)],
    'a claim by a worker that does not exist': [{ ...claim(1), worker: 'p-2' } as JournalEvent],
    'an end of a job that waits': [finish(1, 1)],
    'an end by an attempt that is not the running one': [
      claim(1),
      finish(1, 1, failed),
      claim(1, 2),
      finish(1, 1),
    ],
    'an end that comes twice': [claim(1), finish(1, 1), finish(1, 1)],
    'a failure that leaves the job done': [claim(1), finish(1, 1, { outcome: 'failed' })],
    'a success that leaves the job pending': [claim(1), finish(1, 1, { next: 'pending' })],
    'a checkpoint of an earlier attempt': [
      claim(1),
      finish(1, 1, failed),
      { type: 'job.checkpointed', job: 1, attempt: 1, checkpoint: 5 },
    ],
    'a cancellation of a job that runs': [claim(1), { type: 'job.cancelled', job: 1, reason: 'x' }],
    'a cancellation of a job that has ended': [
      claim(1),
      finish(1, 1),
      { type: 'job.cancelled', job: 1, reason: 'x' },
    ],
    'a cancellation of many of which one runs': [
      claim(1),
      { type: 'jobs.cancelled', groups: [{ batch: 1, state: 'pending', ids: [1, 2] }], reason: 'x' },
    ],
    'a requeue of many of which one waits': [
      claim(1),
      finish(1, 1),
      { type: 'jobs.requeued', groups: [{ batch: 1, state: 'done', ids: [1, 2] }], fresh: false },
    ],
    'a priority for jobs of another batch': [
      batchEvent({ batch: 2, firstJob: 3 }),
      { type: 'jobs.reprioritised', groups: [{ batch: 2, state: 'pending', ids: [2, 3] }], priority: 1 },
    ],
    'a batch number that is in use': [batchEvent({ firstJob: 3 })],
    'a job number that is in use': [batchEvent({ batch: 2, firstJob: 2 })],
    'a batch that counts its jobs wrong': [batchEvent({ batch: 2, firstJob: 3, count: 3 })],
    'a batch without jobs': [batchEvent({ batch: 2, firstJob: 3, count: 0, source: { rows: [] } })],
    'a second worker of the same name': [{ type: 'worker.added', worker, pool: 'p', labels: {} }],
    'a launch that leaves one out': [{ type: 'worker.launched', worker, launch: 3, command: [] }],
    'a process of an earlier launch': [
      { type: 'worker.launched', worker, launch: 2, command: [] },
      { type: 'worker.spawned', worker, launch: 1, process: { pid: 1, startTime: '1', bootId: 'b' } },
    ],
    'a transition from another state': [transition(null, 'STARTING'), transition(null, 'RUNNING')],
    'a transition of an earlier launch': [transition(null, 'STARTING', 0)],
    'the removal of a worker that has a job': [claim(1), { type: 'worker.removed', worker }],
    'the removal of a pool that does not exist': [{ type: 'pool.removed', pool: 'q' }],
    'a type nobody knows': [{ type: 'worker.promoted' } as unknown as JournalEvent],
  };
  for (const [what, events] of Object.entries(cases)) {
    for (const look of [false, true]) {
      it(`is refused: ${what}${look ? ', with the tables written in between' : ''}`, () => {
        lived([...crew, ...events.slice(0, -1)], look).database.close();
        assert.throws(() => lived([...crew, ...events], look), { name: 'InvariantError' });
      });
    }
  }
});

describe('a batch', () => {
  it('gives each job its parameters, text for text', () => {
    const rows = fc.array(fc.dictionary(anyText, fc.jsonValue()), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(rows, (rows) => {
        const projection = lived([batchEvent({ source: { rows }, count: rows.length })]);
        assert.deepEqual(
          projection.database.rows('SELECT id, parameters FROM jobs'),
          rows.map((row, index) => ({ id: index + 1, parameters: JSON.stringify(row) })),
        );
        projection.database.close();
      }),
    );
  });

  it('gives each job its route, however routes follow each other', () => {
    const domains = ['law', 'law', 'news', 'law', ...Array<string>(600).fill('news'), 'a&b=c'];
    const rows = domains.map((domain, seed) => ({ domain, seed }));
    const { database } = lived([batchEvent({ source: { rows }, count: rows.length, match: ['domain'] })]);
    assert.deepEqual(
      database.rows('SELECT id, route, parameters FROM jobs ORDER BY id'),
      rows.map((row, index) => ({
        id: index + 1,
        route: `domain=${encodeURIComponent(row.domain)}`,
        parameters: JSON.stringify(row),
      })),
    );
  });
});

describe('a job', () => {
  for (const look of [false, true]) {
    const seen = look ? 'with the tables written in between' : 'in one go';

    it(`keeps its attempts, its place and its checkpoint when it is tried again (${seen})`, () => {
      const projection = lived(
        [
          ...crew,
          claim(1),
          { type: 'job.checkpointed', job: 1, attempt: 1, checkpoint: { step: 7 } },
          finish(1, 1, failed),
        ],
        look,
      );
      const { jobs } = answer(projection, 'pendingHead', { pool: 'p', route: '', limit: 1, size: 1000 });
      assert.deepEqual(
        { ...jobs[0] },
        {
          id: 1,
          batch: 1,
          pool: 'p',
          route: '',
          task: 'run',
          priority: 0,
          parameters: { seed: 1 },
          attempts: 1,
          failures: 1,
          maxAttempts: 3,
          timeout: 60,
          checkpoint: { step: 7 },
        },
      );
      const detail = answer(projection, 'job', { job: 1 })!;
      assert.deepEqual(detail.error, { message: 'diverged' });
      assert.equal(detail.worker, undefined);
      assert.deepEqual(
        detail.attemptHistory.map((attempt) => ({ ...attempt })),
        [
          {
            attempt: 1,
            worker,
            launch: 1,
            startedAt: 5,
            finishedAt: 9,
            outcome: 'failed',
            error: { message: 'diverged' },
            logTail: '…',
          },
        ],
      );
      const [restored] = answer(projection, 'restore', {}).workers;
      assert.equal(restored!.jobsFailed, 1);
      assert.equal(restored!.lastError, 'diverged');
    });

    it(`counts no failure when it is given back (${seen})`, () => {
      const projection = lived(
        [...crew, claim(1), finish(1, 1, { outcome: 'returned', next: 'pending' })],
        look,
      );
      const job = answer(projection, 'job', { job: 1 })!;
      assert.deepEqual([job.state, job.attempts, job.failures], ['pending', 1, 0]);
      const [restored] = answer(projection, 'restore', {}).workers;
      assert.deepEqual([restored!.jobsDone, restored!.jobsFailed], [0, 0]);
    });

    it(`keeps its result, and nothing of the claim (${seen})`, () => {
      const projection = lived([...crew, claim(2), finish(2, 1, { result: { energy: -1.5 } })], look);
      const row = projection.database.row('SELECT * FROM jobs WHERE id = 2')!;
      assert.deepEqual(row, {
        id: 2,
        batch: 1,
        pool: 'p',
        route: '',
        priority: 0,
        state: 'done',
        attempts: 1,
        failures: 0,
        worker,
        started_at: 5,
        finished_at: 9,
        parameters: '{"seed":2}',
        result: '{"energy":-1.5}',
      });
    });
  }

  it('says why it was cancelled', () => {
    const projection = lived([...crew, { type: 'job.cancelled', job: 1, reason: 'wrong seed' }]);
    const job = answer(projection, 'job', { job: 1 })!;
    assert.equal(job.state, 'cancelled');
    assert.deepEqual(job.error, { message: 'wrong seed', type: 'cancelled' });
  });
});

describe('a worker', () => {
  it('leaves its history behind when it is removed', () => {
    const projection = lived([
      ...crew,
      transition(null, 'STARTING'),
      transition('STARTING', 'RUNNING'),
      claim(1),
      finish(1, 1),
      { type: 'worker.removed', worker },
    ]);
    assert.deepEqual(answer(projection, 'restore', {}).workers, []);
    assert.equal(answer(projection, 'job', { job: 1 })!.attemptHistory[0]!.worker, worker);
    assert.deepEqual(
      answer(projection, 'workerHistory', { worker, limit: 5 }).map(({ from, to }) => [from, to]),
      [
        ['STARTING', 'RUNNING'],
        [null, 'STARTING'],
      ],
    );
  });

  it('forgets the process and profile of the launch before', () => {
    const projection = lived([
      ...crew,
      { type: 'worker.spawned', worker, launch: 1, process: { pid: 7, startTime: '1', bootId: 'b' } },
      {
        type: 'worker.registered',
        worker,
        launch: 1,
        profile: { name: 'p', language: 'r', tasks: ['run'], prefetch: 0 },
      },
      { type: 'worker.launched', worker, launch: 2, command: ['python', 'p.py'] },
    ]);
    const [restored] = answer(projection, 'restore', {}).workers;
    assert.equal(restored!.launch, 2);
    assert.equal(restored!.process, undefined);
    assert.equal(restored!.profile, undefined);
    assert.deepEqual(restored!.labels, { domain: 'law' });
  });
});
