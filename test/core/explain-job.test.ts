import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobFacts } from '../../src/core/explain-facts.ts';
import { explainJob } from '../../src/core/explain-job.ts';
import { attemptOf, crewOf, endedWorker, factsOf, jobOf, NOW, poolOf, workerOf } from './explain-scene.ts';

const second = (more: Parameters<typeof workerOf>[0] = {}): ReturnType<typeof workerOf> =>
  workerOf({ id: 'simulate-2', ...more });
const pending = (pool: JobFacts['pool'], more: Partial<JobFacts> = {}): Partial<JobFacts> => ({
  pool,
  ...more,
});
const running = { state: 'running', attempts: 2 } as const;
const current = { id: 212, attempt: 2, startedAt: NOW - 7_200_000 };
const noRoom = {
  reasons: ['needs about 8.0 GB (its pool’s memory), 4.1 GB free'],
  nextStep: 'State less memory.',
};
const failed = (failures: number, more: Parameters<typeof jobOf>[0] = {}): Partial<JobFacts> => ({
  job: jobOf({
    state: 'failed',
    attempts: failures,
    failures,
    maxAttempts: failures,
    finishedAt: NOW,
    attemptHistory: Array.from({ length: failures }, (_, index) => attemptOf(index + 1)),
    ...more,
  }),
});

/** What is said behind "Job 212 ", and the first next step. */
const TABLE: [name: string, facts: Partial<JobFacts>, headline: string, step: string][] = [
  [
    'a paused pool',
    pending(poolOf({ workers: [workerOf({ paused: true }), second({ paused: true })] })),
    'waits because both workers of pool simulate are paused.',
    'nightcrew resume --pool simulate',
  ],
  [
    'a frozen worker',
    pending(poolOf({ workers: [workerOf({ frozenSince: NOW - 60_000 })] })),
    'waits because simulate-1, the only worker of pool simulate, has been frozen for 1 min.',
    'nightcrew continue simulate-1',
  ],
  [
    'a worker that says nothing',
    pending(poolOf({ workers: [workerOf({ stalled: true })] })),
    'waits because simulate-1, the only worker of pool simulate, is not heard any more, and is given no job before it is.',
    'nightcrew explain simulate-1',
  ],
  [
    'no workers, though they are asked for',
    pending(poolOf({ workers: [] })),
    'waits because pool simulate has no workers, although nightcrew.yaml asks for 2.',
    'nightcrew up simulate',
  ],
  [
    'a crew that was sent home',
    pending(poolOf({ workers: [] }), { crew: crewOf({ wanted: false }) }),
    'waits because the crew is not running: it was ended, or was not started yet.',
    'nightcrew up simulate',
  ],
  [
    'a crew file that cannot be read',
    pending(poolOf({ workers: [] }), {
      crew: crewOf({ crewFileProblem: { message: '"simulat" is no pool.', place: '/w/nightcrew.yaml:7:3' } }),
    }),
    'waits because pool simulate has no workers, although nightcrew.yaml asks for 2.',
    'Correct /w/nightcrew.yaml:7:3: "simulat" is no pool',
  ],
  [
    'a pool that can never fit',
    pending(poolOf({ workers: [], neverFits: ['needs about 64 GB, and the machine has 31 GB in all'] })),
    'waits because pool simulate has no workers, although nightcrew.yaml asks for 2; one of them can never fit on this machine: it needs about 64 GB, and the machine has 31 GB in all.',
    'Ask for less in pool simulate of nightcrew.yaml',
  ],
  [
    'a pool that is gone from the crew file',
    pending({ name: 'simulate', neverFits: [], autoRestart: [], workers: [], perMinute: 0, delayed: 0 }),
    'waits because pool simulate has no workers, and nightcrew.yaml does not have this pool any more.',
    'nightcrew add simulate',
  ],
  [
    'a pool that nobody knows',
    pending(undefined),
    'waits because there is no pool simulate any more.',
    'Describe pool simulate in nightcrew.yaml',
  ],
  [
    'labels that no worker has',
    pending(poolOf({ workers: [workerOf({ labels: { annotator: 'bob' } })] }), {
      job: jobOf({ route: 'annotator=ada&domain=law%20and%20order' }),
    }),
    'waits because simulate-1, the only worker of pool simulate, does not have the labels annotator=ada and domain=law and order.',
    "nightcrew add simulate --label annotator=ada --label 'domain=law and order'",
  ],
  [
    'room that is missing',
    pending(
      poolOf({
        workers: [endedWorker({ state: 'DEAD', launch: 0, reason: '', refusal: noRoom, waitsForRoom: true })],
      }),
    ),
    'waits because simulate-1, the only worker of pool simulate, waits for room: it needs about 8.0 GB (its pool’s memory), 4.1 GB free.',
    'State less memory.',
  ],
  [
    'workers that take no jobs for different reasons',
    pending(
      poolOf({
        workers: [workerOf({ paused: true }), endedWorker({ id: 'simulate-2', restartDue: NOW + 10_000 })],
      }),
    ),
    'waits because none of the 2 workers of pool simulate takes jobs: simulate-1 is paused, simulate-2 failed (ended with exit code 3) and is started again in 10 s.',
    'nightcrew resume simulate-1',
  ],
  [
    'an attempt that failed a moment ago',
    {
      job: jobOf({ notBefore: NOW + 40_000, failures: 1, attempts: 1, attemptHistory: [attemptOf(1)] }),
    },
    'waits for another try in 40 s: attempt 1 failed (ValueError: alpha must be positive); 1 of 3 failures.',
    'Wait: it is tried again by itself in 40 s',
  ],
  [
    'a delay that is over',
    { job: jobOf({ notBefore: NOW, failures: 1, attempts: 1, attemptHistory: [attemptOf(1)] }) },
    'waits its turn: simulate-1 is free, and no other job is before it.',
    'Wait a moment: jobs are given out as this is read',
  ],
  [
    'a full disk, before all else',
    pending(poolOf({ workers: [workerOf({ paused: true })] }), {
      crew: crewOf({
        troubles: [
          { kind: 'storage', message: 'The disk is full.', nextStep: 'Free some space.', since: NOW },
        ],
      }),
    }),
    'waits because nothing is given out while the disk takes no writes (The disk is full).',
    'Free some space.',
  ],
  [
    'others before it',
    {
      before: { count: 211, highestPriority: 5 },
      pool: poolOf({ workers: [workerOf({ job: { ...current, id: 3 } })], perMinute: 12 }),
    },
    'waits its turn: simulate-1, the only worker that may take it, is busy, and 211 jobs are before it.',
    'nightcrew reprioritise 212 --priority 6',
  ],
  [
    'a run',
    { job: jobOf(running), worker: workerOf({ job: { ...current, fraction: 0.43 } }) },
    'runs on simulate-1 for 2 h (attempt 2), 43 % done.',
    'nightcrew logs simulate-1',
  ],
  [
    'a run that does not get on',
    { job: jobOf(running), worker: workerOf({ job: current, stuck: 'job 212: has not moved for 50 min' }) },
    'runs on simulate-1 for 2 h (attempt 2), but it does not get on: job 212: has not moved for 50 min.',
    'nightcrew explain simulate-1',
  ],
  [
    'a job sent ahead',
    { job: jobOf(running), worker: workerOf({ job: { ...current, id: 211 } }) },
    'is next on simulate-1, behind job 211; it is given to another worker if that takes long.',
    'nightcrew explain 211',
  ],
  [
    'three failures alike',
    failed(3),
    'failed 3 times, as often as its batch allows, each time with: ValueError: alpha must be positive.',
    'nightcrew job 212',
  ],
  [
    'failures that differ',
    failed(2, {
      attemptHistory: [
        attemptOf(1),
        attemptOf(2, { error: { message: 'disk quota exceeded', type: 'OSError' } }),
      ],
    }),
    'failed 2 times, as often as its batch allows, the last time with: OSError: disk quota exceeded.',
    'nightcrew job 212',
  ],
  [
    'a time limit',
    failed(1, {
      attemptHistory: [attemptOf(1, { outcome: 'timed-out', error: { message: 'It took longer.' } })],
    }),
    'failed at the one attempt that its batch allows: it took longer than its time limit.',
    'Set a longer `timeout:` in pool simulate and enqueue it anew: its batch keeps the limit of 2 d',
  ],
  [
    'a cancellation while it ran',
    {
      job: jobOf({
        state: 'cancelled',
        attempts: 1,
        finishedAt: NOW - 60_000,
        attemptHistory: [attemptOf(1, { outcome: 'cancelled', finishedAt: NOW - 60_000 })],
      }),
      changes: [],
    },
    'was cancelled by hand 1 min ago, while attempt 1 ran on simulate-1.',
    'nightcrew requeue 212',
  ],
  [
    'a cancellation while it waited',
    {
      job: jobOf({ state: 'cancelled', finishedAt: NOW - 60_000 }),
      changes: [{ at: NOW - 60_000, kind: 'cancelled', detail: 'Cancelled by hand.' }],
    },
    'was cancelled by hand 1 min ago, while it waited.',
    'nightcrew requeue 212',
  ],
  [
    'an end as it should be',
    {
      job: jobOf({
        state: 'done',
        attempts: 1,
        finishedAt: NOW,
        attemptHistory: [attemptOf(1, { outcome: 'done', error: undefined })],
      }),
    },
    'is done: attempt 1 on simulate-1 took 4 s.',
    'nightcrew job 212',
  ],
];

describe('why a job is as it is', () => {
  for (const [name, facts, headline, step] of TABLE) {
    it(`is told of ${name}`, () => {
      const explanation = explainJob(factsOf(facts));
      assert.equal(explanation.headline, `Job 212 ${headline}`);
      const [first] = explanation.nextSteps;
      assert.equal(first?.cli ?? first?.text, step);
    });
  }

  it('says what else holds it up, behind the strongest reason', () => {
    const { facts, nextSteps } = explainJob(
      factsOf({
        job: jobOf({ notBefore: NOW + 5000, failures: 1 }),
        pool: poolOf({ workers: [workerOf({ paused: true })] }),
      }),
    );
    assert.equal(
      facts[0]?.text,
      'It also waits because simulate-1, the only worker of pool simulate, is paused',
    );
    assert.ok(nextSteps.some(({ cli }) => cli === 'nightcrew resume simulate-1'));
  });

  it('has each attempt with its traceback and the end of the log, newest first, and counts failures since it was put back', () => {
    const attemptHistory = [
      attemptOf(1),
      attemptOf(2, { error: { message: 'no', traceback: 'Traceback …' }, logTail: 'bye\n' }),
    ];
    const job = jobOf({
      state: 'failed',
      attempts: 2,
      failures: 1,
      maxAttempts: 1,
      finishedAt: NOW,
      attemptHistory,
    });
    const requeued = { at: attemptHistory[0]!.finishedAt + 1, kind: 'requeued', detail: 'fresh' } as const;
    const { headline, facts } = explainJob(factsOf({ job, changes: [requeued] }));
    assert.equal(headline, 'Job 212 failed at the one attempt that its batch allows: no.');
    assert.deepEqual(
      facts.map(({ source }) => source),
      ['attempt 2', 'by hand', 'attempt 1', 'queue'],
    );
    assert.equal(facts[0]?.detail, 'Traceback …\n\nEnd of the log of simulate-1:\nbye');
    assert.equal(
      facts[1]?.text,
      'Put back into the queue by hand, without its checkpoint; failures count anew',
    );
  });

  it('says what a signal usually means, and the memory that was measured', () => {
    const error = { message: 'Its worker ended (SIGKILL).', type: 'SIGKILL' };
    const facts = failed(1, { attemptHistory: [attemptOf(1, { outcome: 'crashed', error })] });
    const explanation = explainJob(factsOf({ ...facts, peak: 6.2e9 }));
    assert.match(explanation.facts[0]!.text, /^SIGKILL comes from outside; most often/);
    assert.match(explanation.facts[1]!.text, /simulate-1 was seen to use in that launch: 6\.2 GB$/);
    assert.ok(explanation.nextSteps.some(({ text }) => text.includes('state more `memory:`')));
  });
});
