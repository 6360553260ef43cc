/**
 * A crew that lives at random: it turns numbers into legal events, and knows what the store should say of it. Written without a
 * look at how the store does it.
 */
import type { BatchEnqueued, BatchSource, JournalEvent, WorkerNoteKind } from '../../src/core/events.ts';
import type { AttemptOutcome, JobId, JobState } from '../../src/core/job.ts';
import { matrixEntry, matrixSize } from '../../src/core/matrix.ts';
import { routeOf } from '../../src/core/route.ts';
import type { WorkerEnding } from '../../src/core/worker-ending.ts';
import type { WorkerState } from '../../src/core/worker.ts';

const POOLS = ['simulate', 'tag'];

export interface ModelJob {
  id: JobId;
  batch: number;
  pool: string;
  route: string;
  priority: number;
  state: JobState;
  attempts: number;
  failures: number;
  parameters: Record<string, unknown>;
  worker?: string;
}

interface ModelWorker {
  id: string;
  pool: string;
  launch: number;
  state: WorkerState | null;
}

export class CrewModel {
  readonly jobs: ModelJob[] = [];
  readonly workers: ModelWorker[] = [];
  readonly pools = new Set<string>();
  readonly #batches: BatchEnqueued[] = [];
  #workerNumber = 0;

  /** The events of a life that begins with two running workers and a batch, and goes on as the choices say. */
  static live(choices: number[]): { model: CrewModel; events: JournalEvent[] } {
    const model = new CrewModel();
    const events = [
      model.#administer(2),
      model.#administer(3),
      ...[0, 1].flatMap((pick) => [model.#addWorker(pick), model.#launch(model.workers[pick]!)]),
      model.#enqueue(3),
      ...choices.map((choice) => model.next(choice)),
    ];
    return { model, events };
  }

  /** The event that `choice` stands for in the state the crew is in. */
  next(choice: number): JournalEvent {
    const kind = choice % 16;
    const pick = Math.floor(choice / 16);
    if (kind < 5) return this.#claim(pick) ?? this.#enqueue(pick);
    if (kind < 10) return this.#finish(pick) ?? this.#claim(pick) ?? this.#enqueue(pick);
    if (kind === 10) return this.#enqueue(pick);
    if (kind === 11) return this.#cancelPending(pick) ?? this.#enqueue(pick);
    if (kind === 15 && pick % 2 === 0) return this.#changeMany(Math.floor(pick / 2)) ?? this.#enqueue(pick);
    if (kind === 12) return this.#tellOfAttempt(pick) ?? this.#addWorker(pick);
    if (kind === 13) return this.#moveWorker(pick) ?? this.#addWorker(pick);
    if (kind === 14) return this.#addWorker(pick);
    return this.#administer(pick);
  }

  #enqueue(pick: number): BatchEnqueued {
    const pool = POOLS[pick % 2]!;
    const source = sourceOf(pick);
    const count = 'rows' in source ? source.rows.length : matrixSize(source.matrix);
    const match = pick % 3 === 0 ? ['seed'] : [];
    const firstJob = this.jobs.length + 1;
    const batch = this.#batches.length + 1;
    const event: BatchEnqueued = {
      type: 'batch.enqueued',
      batch,
      name: `sweep ${batch}`,
      pool,
      task: 'run',
      priority: (pick % 5) - 2,
      maxAttempts: 3,
      timeout: 60,
      match,
      firstJob,
      count,
      source,
      ...(pick % 4 === 0 ? { definition: `hash ${pick}` } : {}),
    };
    this.#batches.push(event);
    for (let index = 0; index < count; index++) {
      const parameters =
        'rows' in source ? source.rows[index]! : matrixEntry(source.matrix, index, source.base);
      this.jobs.push({
        id: firstJob + index,
        batch,
        pool,
        route: routeOf(parameters, match),
        priority: event.priority,
        state: 'pending',
        attempts: 0,
        failures: 0,
        parameters,
      });
    }
    return event;
  }

  #claim(pick: number): JournalEvent | undefined {
    const job = choose(this.#inState('pending'), pick);
    const worker = choose(
      this.workers.filter(({ launch }) => launch > 0),
      pick,
    );
    if (!job || !worker) return undefined;
    job.state = 'running';
    job.attempts++;
    job.worker = worker.id;
    return {
      type: 'job.claimed',
      job: job.id,
      attempt: job.attempts,
      worker: worker.id,
      launch: worker.launch,
      frame: pick,
    };
  }

  #finish(pick: number): JournalEvent | undefined {
    const job = choose(this.#inState('running'), pick);
    if (!job) return undefined;
    const outcomes: AttemptOutcome[] = [
      'done',
      'done',
      'failed',
      'crashed',
      'timed-out',
      'aborted',
      'cancelled',
      'returned',
      'lost',
    ];
    const outcome = outcomes[pick % outcomes.length]!;
    const counted = outcome === 'failed' || outcome === 'crashed' || outcome === 'timed-out';
    if (counted) job.failures++;
    const next =
      outcome === 'done'
        ? 'done'
        : outcome === 'cancelled'
          ? 'cancelled'
          : job.failures >= 3
            ? 'failed'
            : 'pending';
    job.state = next;
    if (next === 'pending') delete job.worker;
    return {
      type: 'job.finished',
      job: job.id,
      attempt: job.attempts,
      outcome,
      next,
      startedAt: pick,
      finishedAt: pick + 1,
      ...(counted && next === 'pending' && pick % 2 === 0 ? { notBefore: pick + 10_000 } : {}),
      ...(outcome === 'done' && pick % 3 > 0 ? { result: { energy: -pick / 7, größe: 'é\n"\\' } } : {}),
      ...(counted
        ? { error: { message: `step ${pick} diverged`, type: 'ValueError' }, logTail: 'Traceback …\n' }
        : {}),
    };
  }

  #cancelPending(pick: number): JournalEvent | undefined {
    const job = choose(this.#inState('pending'), pick);
    if (!job) return undefined;
    job.state = 'cancelled';
    return { type: 'job.cancelled', job: job.id, reason: 'not needed' };
  }

  /** Every second or third job of those that a person could mean. */
  #changeMany(pick: number): JournalEvent | undefined {
    const states: JobState[][] = [['pending'], ['done', 'failed', 'cancelled'], ['pending', 'running']];
    const meant = this.jobs.filter(
      ({ id, state }) => states[pick % 3]!.includes(state) && id % (2 + (pick % 2)) !== 0,
    );
    if (meant.length === 0) return undefined;
    const groups = [...Map.groupBy(meant, ({ batch, state }) => `${batch} ${state}`).values()].map(
      (jobs) => ({ batch: jobs[0]!.batch, state: jobs[0]!.state, ids: jobs.flatMap(({ id }) => [id, id]) }),
    );
    switch (pick % 3) {
      case 0:
        for (const job of meant) job.state = 'cancelled';
        return { type: 'jobs.cancelled', groups, reason: 'not needed' };
      case 1:
        for (const job of meant) {
          job.state = 'pending';
          job.failures = 0;
          delete job.worker;
        }
        return { type: 'jobs.requeued', groups, fresh: pick % 2 === 0 };
      default:
        for (const job of meant) job.priority = (pick % 7) - 3;
        return { type: 'jobs.reprioritised', groups, priority: (pick % 7) - 3 };
    }
  }

  #tellOfAttempt(pick: number): JournalEvent | undefined {
    const running = choose(this.#inState('running'), pick);
    if (!running) return undefined;
    const { id: job, attempts: attempt } = running;
    if (pick % 7 === 0) return { type: 'job.resent', job, attempt, frame: pick };
    if (pick % 7 === 1) return { type: 'job.interrupted', job, attempt, outcome: 'cancelled' };
    if (pick % 7 === 2) return { type: 'job.interrupted', job, attempt, outcome: 'timed-out' };
    return { type: 'job.checkpointed', job, attempt, checkpoint: pick % 5 === 0 ? null : { step: pick } };
  }

  #addWorker(pick: number): JournalEvent {
    const pool = POOLS[pick % 2]!;
    const id = `${pool}-${++this.#workerNumber}`;
    this.workers.push({ id, pool, launch: 0, state: null });
    return { type: 'worker.added', worker: id, pool, labels: pick % 2 ? { domain: 'law' } : {} };
  }

  #launch(worker: ModelWorker): JournalEvent {
    worker.launch++;
    return {
      type: 'worker.launched',
      worker: worker.id,
      launch: worker.launch,
      command: ['python', `${worker.id}.py`],
      ...(worker.launch % 3 === 1 ? { devices: [String(worker.launch)] } : {}),
    };
  }

  /** Launched, then through its states; its jobs are ended before it is launched again or removed. */
  #moveWorker(pick: number): JournalEvent | undefined {
    const worker = choose(this.workers, pick);
    if (!worker) return undefined;
    const { id, launch } = worker;
    const busy = this.jobs.some((job) => job.state === 'running' && job.worker === id);
    const idleAndDown =
      !busy && (worker.state === null || worker.state === 'DEAD' || worker.state === 'FAILED');
    if (idleAndDown && pick % 4 === 0) {
      this.workers.splice(this.workers.indexOf(worker), 1);
      return { type: 'worker.removed', worker: id };
    }
    if (launch === 0 || (idleAndDown && pick % 4 === 1)) {
      return this.#launch(worker);
    }
    switch (pick % 5) {
      case 0:
        return {
          type: 'worker.spawned',
          worker: id,
          launch,
          process: { pid: 1000 + pick, startTime: String(pick), bootId: 'boot' },
        };
      case 1:
        return {
          type: 'worker.registered',
          worker: id,
          launch,
          profile: { name: id, language: 'python', tasks: ['run'], prefetch: 1 },
        };
      case 2:
        if (pick % 2 === 0) return { type: 'worker.paused', worker: id, paused: pick % 4 === 0 };
        return { type: 'worker.noted', worker: id, launch, kind: noteOf(pick), reason: `found ${pick}` };
      case 3: {
        const isLive =
          worker.state === 'STARTING' || worker.state === 'RUNNING' || worker.state === 'DRAINING';
        if (isLive && pick % 2 === 0)
          return { type: 'worker.frozen', worker: id, launch, frozen: pick % 3 > 0 };
        if (isLive || (worker.state !== null && pick % 3 === 0))
          return { type: 'worker.ending', worker: id, launch, ending: endingOf(pick) };
        return { type: 'worker.paused', worker: id, paused: true };
      }
      default: {
        const states: WorkerState[] = ['STARTING', 'RUNNING', 'DRAINING', 'FAILED', 'DEAD'];
        const from = worker.state;
        worker.state = states[pick % states.length]!;
        return {
          type: 'worker.transitioned',
          worker: id,
          launch,
          from,
          to: worker.state,
          reason: `because ${pick}`,
        };
      }
    }
  }

  #administer(pick: number): JournalEvent {
    const name = POOLS[pick % 2]!;
    if (pick % 7 === 3) return peakOf(name, pick);
    const refused = pick % 7 === 4 ? choose(this.workers, pick) : undefined;
    if (refused)
      return {
        type: 'worker.refused',
        worker: refused.id,
        pool: name,
        reasons: [`needs about ${pick} GB`],
        overridden: pick % 2 === 0,
      };
    if (pick % 5 === 0) return { type: 'crew.wanted', wanted: pick % 2 === 0 };
    if (pick % 5 === 1 && this.pools.delete(name)) return { type: 'pool.removed', pool: name };
    this.pools.add(name);
    return {
      type: 'pool.declared',
      pool: {
        name,
        command: ['python', `${name}.py`],
        protocol: 'worker',
        workers: pick % 9,
        timeout: 60,
        attempts: 3,
        env: {},
        heartbeat: 30,
        startup: 30,
        grace: 30,
      },
    };
  }

  #inState(state: JobState): ModelJob[] {
    return this.jobs.filter((job) => job.state === state);
  }
}

function choose<Item>(items: Item[], pick: number): Item | undefined {
  return items[pick % items.length];
}

function peakOf(pool: string, pick: number): JournalEvent {
  const launch = pick % 30;
  return { type: 'memory.peaked', pool, task: 'run', worker: `${pool}-1`, launch, bytes: pick };
}

function endingOf(pick: number): WorkerEnding {
  const ending = { to: 'DEAD', reason: `for ${pick}`, outcome: 'aborted', relaunch: pick % 2 === 0 } as const;
  return pick % 3 === 0 ? { ...ending, forced: true } : { ...ending, forced: false, forceAt: pick };
}

function sourceOf(pick: number): BatchSource {
  if (pick % 2 === 0) {
    return {
      rows: Array.from({ length: 1 + (pick % 7) }, (_, row) => ({ seed: row % 3, note: `zeile ${row} ü` })),
    };
  }
  return {
    matrix: { alpha: [0.1, 0.2, "it's"], seed: { from: 1, to: 1 + (pick % 4), step: 1 } },
    ...(pick % 3 === 0 ? { base: { host: 'a' } } : {}),
  };
}

function noteOf(pick: number): WorkerNoteKind {
  const kinds: WorkerNoteKind[] = ['stalled', 'heard', 'stuck', 'moved', 'restarted', 'given-up'];
  return kinds[pick % kinds.length]!;
}
