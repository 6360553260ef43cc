/**
 * Many jobs are changed while they move: the store is asked which are meant, and jobs are claimed and end before it answers, at
 * every point of the way. The real queue and store, and a worker that is only a list.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { AttemptOutcome, JobState, PendingJob } from '../../src/core/job.ts';
import type { JobChangeProblem, JobsChanged, JobSelection } from '../../src/control/selection.ts';
import { diskFileSystem } from '../../src/store/file-system.ts';
import type { Store } from '../../src/store/contract.ts';
import { Changes } from '../../src/supervisor/changes.ts';
import type { Attempts } from '../../src/supervisor/attempts.ts';
import { JobChanges, type JobChange } from '../../src/supervisor/job-changes.ts';
import { Queue } from '../../src/supervisor/queue.ts';
import type { Roster } from '../../src/supervisor/roster.ts';
import { ManualClock } from '../manual-clock.ts';
import { HeldProjection } from '../store/held-projection.ts';
import { startProjectionHere } from '../store/in-process-projection.ts';
import { appendAll, open, stateFolder } from '../store/state-folder.ts';
import { NOTHING, POOL } from './small-crew.ts';

const SITES = ['a', 'b'];
const STATES: JobState[] = ['pending', 'running', 'done', 'failed', 'cancelled'];

interface Assignment {
  job: PendingJob;
  attempt: number;
  interrupted?: boolean;
}

class MovingCrew {
  readonly clock: ManualClock;
  readonly store: Store;
  readonly queue: Queue;
  readonly changes: JobChanges;
  readonly projection: HeldProjection;
  readonly running: Assignment[] = [];
  readonly #worker = { id: 'p-1', assignments: this.running };
  readonly #assigned = new Map<number, { id: string; assignments: Assignment[] }>();

  static async start(backoff: number): Promise<MovingCrew> {
    const folder = stateFolder();
    const clock = new ManualClock();
    const projection = new HeldProjection(startProjectionHere(folder, diskFileSystem, clock));
    const store = await open(folder, { clock, startProjection: () => projection });
    return new MovingCrew(clock, store, projection, backoff);
  }

  private constructor(clock: ManualClock, store: Store, projection: HeldProjection, backoff: number) {
    this.clock = clock;
    this.store = store;
    this.projection = projection;
    const pool = { ...POOL, backoff };
    this.queue = new Queue(store, this.clock, new Changes(), structuredClone(NOTHING), {
      settings: () => pool,
    });
    const attempts: Pick<Attempts, 'interrupt'> = {
      interrupt: (_worker, assignment) => void ((assignment as unknown as Assignment).interrupted = true),
    };
    this.changes = new JobChanges({
      store,
      queue: this.queue,
      roster: { assigned: this.#assigned } as unknown as Roster,
      attempts: attempts as Attempts,
    });
    appendAll(store, [
      { type: 'pool.declared', pool },
      { type: 'worker.added', worker: 'p-1', pool: 'p', labels: {} },
      { type: 'worker.launched', worker: 'p-1', launch: 1, command: [] },
      { type: 'worker.transitioned', worker: 'p-1', launch: 1, from: null, to: 'STARTING', reason: '' },
      { type: 'worker.transitioned', worker: 'p-1', launch: 1, from: 'STARTING', to: 'RUNNING', reason: '' },
    ]);
  }

  /** For any worker, or for those of a site alone. */
  enqueue(count: number, bySite: boolean): void {
    this.queue.enqueue({
      name: 'b',
      pool: 'p',
      task: 'run',
      priority: 0,
      maxAttempts: 2,
      timeout: 60,
      match: bySite ? ['site'] : [],
      source: { rows: Array.from({ length: count }, (_, n) => ({ site: SITES[n % 2]!, n })) },
    });
  }

  claim(site: string): PendingJob | undefined {
    const job = this.queue.take('p', { site });
    if (!job) return undefined;
    const attempt = job.attempts + 1;
    this.store.record([{ type: 'job.claimed', job: job.id, attempt, worker: 'p-1', launch: 1, frame: 0 }]);
    this.queue.claimed(job);
    this.running.push({ job, attempt });
    this.#assigned.set(job.id, this.#worker);
    return job;
  }

  end(which: number, wanted: AttemptOutcome): void {
    const [ended] = this.running.splice(which % Math.max(1, this.running.length), 1);
    if (!ended) return;
    const { job, attempt, interrupted } = ended;
    this.#assigned.delete(job.id);
    const outcome = interrupted ? 'cancelled' : wanted;
    const isLast = job.failures + 1 >= job.maxAttempts;
    const next = outcome === 'done' || outcome === 'cancelled' ? outcome : isLast ? 'failed' : 'pending';
    const now = this.clock.now();
    const notBefore = next === 'pending' ? this.queue.retryAt(job, attempt, outcome, now) : undefined;
    this.queue.finished(job, {
      type: 'job.finished',
      job: job.id,
      attempt,
      outcome,
      next,
      startedAt: now,
      finishedAt: now,
      ...(notBefore === undefined ? {} : { notBefore }),
    });
    this.store.write();
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

const selection: fc.Arbitrary<JobSelection> = fc.oneof(
  fc.record({ jobs: fc.uniqueArray(fc.integer({ min: 1, max: 24 }), { minLength: 1, maxLength: 6 }) }),
  fc.record({
    filter: fc.record(
      { batch: fc.integer({ min: 1, max: 2 }), states: fc.subarray(STATES, { minLength: 1 }) },
      { requiredKeys: [] },
    ),
  }),
);
const change: fc.Arbitrary<JobChange> = fc.oneof(
  fc.constant<JobChange>({ kind: 'cancel', reason: 'by hand' }),
  fc.record({ kind: fc.constant('requeue' as const), fresh: fc.boolean() }),
  fc.record({ kind: fc.constant('reprioritise' as const), priority: fc.integer({ min: -2, max: 2 }) }),
);
type Step =
  | { do: 'change'; change: JobChange; selection: JobSelection }
  | { do: 'claim'; site: string }
  | { do: 'end'; which: number; outcome: AttemptOutcome }
  | { do: 'pass'; turns: number }
  | { do: 'hold' | 'release' | 'later' };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('change' as const), change, selection }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('claim' as const), site: fc.constantFrom(...SITES) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      which: fc.nat(9),
      outcome: fc.constantFrom<AttemptOutcome>('done', 'failed', 'crashed'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('pass' as const), turns: fc.integer({ min: 1, max: 8 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('hold' as const, 'release' as const, 'later' as const) }),
  },
);

async function take(crew: MovingCrew, taken: Step, answers: Promise<JobsChanged>[]): Promise<void> {
  switch (taken.do) {
    case 'change':
      answers.push(crew.changes.make(taken.change, taken.selection));
      return;
    case 'claim':
      crew.claim(taken.site);
      return;
    case 'end':
      return crew.end(taken.which, taken.outcome);
    case 'pass':
      for (let turn = 0; turn < taken.turns; turn++) await Promise.resolve();
      return;
    case 'later':
      return crew.clock.advance(60_000);
    default:
      return crew.projection[taken.do]();
  }
}

/** What every answer adds up to. */
function checkAnswer({ matched, changed, refused, problems }: JobsChanged): void {
  const sum = Object.values(changed).reduce((all, count) => all + count, 0);
  assert.equal(sum + refused, matched);
  assert.equal(new Set(problems.map(({ job }: JobChangeProblem) => job)).size, problems.length);
}

/** Counts in memory, in the batches' rows and of the jobs themselves are the same. */
async function checkCounts({ store, queue }: MovingCrew): Promise<void> {
  const batches = await store.query('batches', {});
  const { jobs } = await store.query('jobs', { offset: 0, limit: 100 });
  for (const { id, counts } of batches) {
    const states = jobs.filter(({ batch }) => batch === id).map(({ state }) => state);
    const counted = Object.fromEntries(
      STATES.map((state) => [state, states.filter((is) => is === state).length]),
    );
    assert.deepEqual({ ...counts }, counted);
    assert.deepEqual({ ...queue.batch(id)!.counts }, counted);
  }
  const inPool = Object.fromEntries(
    STATES.map((state) => [state, jobs.filter((job) => job.state === state).length]),
  );
  assert.deepEqual({ ...queue.pool('p').counts }, inPool);
}

/** What is pending is given out, each job once, best first. */
async function checkOrder(crew: MovingCrew): Promise<void> {
  const { jobs } = await crew.store.query('jobs', { states: ['pending'], offset: 0, limit: 100 });
  const pending = jobs.toSorted((one, other) => other.priority - one.priority || one.id - other.id);
  for (let turn = 0; pending.length > 0; turn++) {
    const site = SITES[turn % 2]!;
    const best = pending.find(({ route, parameters }) => route === '' || parameters['site'] === site);
    const claimed = crew.claim(site);
    assert.equal(claimed?.id, best?.id);
    if (best) {
      assert.equal(claimed?.priority, best.priority);
      pending.splice(pending.indexOf(best), 1);
    }
    await crew.settle();
  }
  assert.equal(crew.queue.pool('p').counts.pending, 0);
}

it('changes of many jobs hold for the jobs as they are by then, whatever moves meanwhile', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 10, maxLength: 60 }),
      fc.constantFrom(0, 30),
      async (steps, backoff) => {
        const crew = await MovingCrew.start(backoff);
        try {
          crew.enqueue(12, false);
          crew.enqueue(12, true);
          const answers: Promise<JobsChanged>[] = [];
          for (const taken of steps) await take(crew, taken, answers);
          crew.projection.release();
          for (const answer of await Promise.all(answers)) checkAnswer(answer);
          await crew.settle();
          while (crew.running.length > 0) crew.end(0, 'failed');
          crew.clock.advance(3_600_000);
          await crew.settle();
          await checkCounts(crew);
          await checkOrder(crew);
          assert.equal(crew.store.failure, undefined);
        } finally {
          await crew.store.close();
        }
      },
    ),
    { numRuns: 60 },
  );
});
