/** Whatever is recorded: there is a headline, a next step, and no hole in a sentence. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { AttemptFacts, PoolFacts, WorkerFacts } from '../../src/core/explain-facts.ts';
import { explainJob } from '../../src/core/explain-job.ts';
import { explainWorker } from '../../src/core/explain-worker.ts';
import { clause, listed, type Explanation } from '../../src/core/explanation.ts';
import { WORKER_PHASES } from '../../src/core/worker-commands.ts';
import type { Labels } from '../../src/core/worker.ts';
import {
  attemptOf,
  crewOf,
  factsOf,
  jobOf,
  NOW,
  pastOf,
  poolOf,
  questionOf,
  workerOf,
} from './explain-scene.ts';

const word = fc.constantFrom('no root', 'It failed.', 'two\nlines', 'ends with!', 'x'.repeat(2_000));
const time = fc.integer({ min: NOW - 1e9, max: NOW + 1e9 });
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined });

const outcome = fc.constantFrom(
  'done',
  'failed',
  'crashed',
  'timed-out',
  'aborted',
  'cancelled',
  'returned',
  'lost',
);
const attempt: fc.Arbitrary<AttemptFacts> = fc.record({
  attempt: fc.integer({ min: 1, max: 40 }),
  worker: fc.constant('simulate-1'),
  startedAt: time,
  finishedAt: time,
  outcome: outcome as fc.Arbitrary<AttemptFacts['outcome']>,
  error: maybe(
    fc.record({ message: word, type: maybe(fc.constantFrom('SIGKILL', 'exit code 3', 'OSError')) }),
  ),
  logTail: maybe(word),
}) as fc.Arbitrary<AttemptFacts>;

const runningJob = fc.record(
  {
    id: fc.constantFrom(211, 212),
    attempt: fc.constant(2),
    startedAt: time,
    fraction: fc.double({ min: 0, max: 1, noNaN: true }),
    message: word,
    interrupted: fc.constantFrom('cancelled', 'timed-out', 'returned', 'aborted'),
  },
  { requiredKeys: ['id', 'attempt', 'startedAt'] },
);

/** As the supervisor can have them: what has ended has no job. */
const worker: fc.Arbitrary<WorkerFacts> = fc
  .record(
    {
      phase: fc.constantFrom(...WORKER_PHASES),
      state: fc.constantFrom('FAILED', 'DEAD'),
      reason: word,
      launch: fc.nat({ max: 3 }),
      paused: fc.boolean(),
      labels: fc.constantFrom<Labels>({}, { annotator: 'ada' }),
      frozenSince: time,
      heardAt: time,
      stalled: fc.boolean(),
      offline: fc.boolean(),
      host: fc.constant('node7'),
      stuck: word,
      job: runningJob,
      ahead: fc.constantFrom<number[]>([], [213]),
      findings: fc.array(word, { maxLength: 2 }),
      refusal: fc.record({ reasons: fc.array(word, { minLength: 1, maxLength: 2 }), nextStep: word }),
      waitsForRoom: fc.boolean(),
      isRelaunching: fc.boolean(),
      restartDue: time,
      autoRestarts: fc.nat({ max: 3 }),
      hasGivenUp: fc.boolean(),
      registersBy: time,
      forcedAt: time,
      endingReason: word,
      removedBy: time,
    },
    {
      requiredKeys: [
        'phase',
        'state',
        'reason',
        'launch',
        'paused',
        'labels',
        'stalled',
        'offline',
        'ahead',
        'findings',
        'waitsForRoom',
        'isRelaunching',
        'autoRestarts',
        'hasGivenUp',
      ],
    },
  )
  .map(({ state, job, ...facts }) =>
    facts.phase === 'ended'
      ? workerOf({ ...facts, state: state as 'FAILED' | 'DEAD' })
      : workerOf({ ...facts, ...(job ? { job: job as WorkerFacts['job'] & object } : {}) }),
  );

const pool: fc.Arbitrary<PoolFacts> = fc
  .record(
    {
      asked: fc.nat({ max: 3 }),
      ramp: fc.constant({ workers: 1, text: 'rolled back from 4 workers to 1: an error rate of 30 %' }),
      neverFits: fc.array(fc.constant('needs about 64 GB, and the machine has 31 GB in all'), {
        maxLength: 1,
      }),
      autoRestart: fc.subarray(['failed', 'stalled', 'stuck'] as const),
      workers: fc.array(worker, { maxLength: 5 }),
      perMinute: fc.constantFrom(0, 12),
      delayed: fc.nat({ max: 2 }),
    },
    { requiredKeys: ['neverFits', 'autoRestart', 'workers', 'perMinute', 'delayed'] },
  )
  .map(({ workers, ...facts }) => {
    const numbered = workers.map((one, index) => ({ ...one, id: `simulate-${index + 1}` }));
    return { name: 'simulate', ...facts, workers: numbered };
  });

const crew = fc
  .record({
    wanted: fc.boolean(),
    troubles: fc.array(
      fc.record(
        { kind: fc.constantFrom('storage', 'keeper', 'room'), message: word, since: time, nextStep: word },
        { requiredKeys: ['kind', 'message', 'since'] },
      ),
      { maxLength: 2 },
    ),
    crewFileProblem: maybe(fc.record({ message: word, place: fc.constant('nightcrew.yaml:3:1') })),
  })
  .map(({ crewFileProblem, troubles, wanted }) =>
    crewOf({
      wanted,
      troubles: troubles as never,
      ...(crewFileProblem ? { crewFileProblem } : {}),
    }),
  );

const states = fc.constantFrom('pending', 'running', 'done', 'failed', 'cancelled');
const job = fc
  .record({
    state: states,
    route: fc.constantFrom('', 'annotator=ada', 'annotator=ada&domain=law'),
    attemptHistory: fc.array(attempt, { maxLength: 13 }),
    failures: fc.nat({ max: 3 }),
    maxAttempts: fc.integer({ min: 1, max: 3 }),
    notBefore: maybe(time),
    finishedAt: maybe(time),
    error: maybe(fc.record({ message: word })),
    checkpoint: maybe(fc.constant({ epoch: 4 })),
  })
  .map((facts) => jobOf({ ...facts, attempts: facts.attemptHistory.length } as never));

const change = fc.record({
  at: time,
  kind: fc.constantFrom('cancelled', 'requeued', 'reprioritised'),
  detail: fc.constantFrom('', 'fresh', '5', 'Cancelled by hand.'),
});
const refusal = fc.record({
  at: time,
  worker: fc.constant('simulate-1'),
  reasons: fc.array(word, { minLength: 1, maxLength: 2 }),
  overridden: fc.boolean(),
});

function check({ headline, facts, nextSteps }: Explanation): void {
  assert.match(headline, /^(Job 212|simulate-1) [a-z].*[^.\s]\.$/s);
  assert.ok(headline.length < 1_500, `${headline.length} characters`);
  assert.ok(nextSteps.length > 0 && nextSteps.length <= 8, 'there is a next step');
  const sentences = [headline, ...facts.map(({ text }) => text), ...nextSteps.map(({ text }) => text)];
  for (const text of [...sentences, ...nextSteps.flatMap(({ cli }) => cli ?? [])]) {
    assert.doesNotMatch(text, /undefined|null|NaN|\[object|Invalid|\.\.|\s,|\s\.|\(\)|: ?$/, text);
  }
  for (const { text, detail } of facts) {
    assert.doesNotMatch(text, /\n/, 'a sentence is one line');
    if (detail !== undefined) assert.notEqual(detail.trim(), '');
  }
}

describe('every explanation', () => {
  it('of a job has a headline and next steps without a hole', () => {
    fc.assert(
      fc.property(
        crew,
        job,
        maybe(pool),
        maybe(worker),
        fc.array(change, { maxLength: 3 }),
        fc.array(refusal, { maxLength: 2 }),
        maybe(fc.nat({ max: 300 })),
        maybe(fc.constant(6.2e9)),
        (crewNow, jobNow, poolNow, holder, changes, refusals, count, peak) =>
          check(
            explainJob(
              factsOf({
                crew: crewNow,
                job: jobNow,
                pool: poolNow,
                worker: holder,
                changes: changes as never,
                refusals,
                before: count === undefined ? undefined : { count, highestPriority: 3 },
                peak,
              }),
            ),
          ),
      ),
      { numRuns: 2_000 },
    );
  });

  it('of a worker has a headline and next steps without a hole', () => {
    const note = fc.constantFrom('stalled', 'restarted', 'given-up', 'paused', 'removed');
    fc.assert(
      fc.property(
        crew,
        worker,
        pool,
        fc.nat({ max: 3 }),
        fc.array(attempt, { maxLength: 3 }),
        note,
        (crewNow, one, poolNow, waiting, attempts, kind) =>
          check(
            explainWorker(
              questionOf({
                crew: crewNow,
                worker: one,
                pool: poolNow,
                waitingForIt: waiting,
                past: pastOf({
                  notes: [{ at: NOW, launch: 1, kind: kind as 'stalled', reason: 'because' }],
                  broken: attempts.map((ended) => ({ ...ended, job: 3 })),
                }),
              }),
            ),
          ),
      ),
      { numRuns: 2_000 },
    );
  });

  it('takes other people’s words as parts of a sentence, and tells of the newest ten attempts', () => {
    assert.equal(clause(' It failed:\n  no root.\n'), 'It failed: no root');
    assert.equal(clause('a'.repeat(500)).length, 240);
    assert.equal(listed(['a']), 'a');
    assert.equal(listed(['a', 'b', 'c']), 'a, b and c');
    assert.equal(listed(['a', 'b', 'c', 'd', 'e']), 'a, b, c, d and 1 more');
    const attemptHistory = Array.from({ length: 13 }, (_, index) =>
      attemptOf(index + 1, { outcome: 'lost' }),
    );
    const { facts } = explainJob(factsOf({ pool: poolOf(), job: jobOf({ attemptHistory, attempts: 13 }) }));
    assert.ok(facts.some(({ text }) => text === '3 attempts were before these'));
  });
});
