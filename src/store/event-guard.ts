/**
 * Keeps an event that does not fit out of the journal: there it would be for good, and every later start would stumble over it.
 * The main thread has no database, so the guard knows what fits in memory: the workers and their launches, the running claims,
 * the numbers in use. That a claimed job is still waiting, and how often it was tried, only the projection can tell.
 */
import type { BatchEnqueued, JobClaimed, JournalEvent } from '../core/events.ts';
import { includesId, type JobGroup } from '../core/id-ranges.ts';
import type { BatchId, JobId, JobState } from '../core/job.ts';
import type { WorkerId, WorkerState } from '../core/worker.ts';
import type { Ramp } from '../core/ramp.ts';
import { isLive } from '../core/worker-state.ts';
import { InvariantError } from './invariant-error.ts';

/** What a guard must know when it begins. */
export interface GuardState {
  claims: { job: JobId; attempt: number; worker: WorkerId }[];
  workers: { id: WorkerId; launch: number; state: WorkerState | null }[];
  pools: string[];
  /** Pools that have a ramp, whatever its state. */
  ramps: string[];
  nextJob: JobId;
  nextBatch: BatchId;
}

/** States in which jobs may be for a change of many. */
const STATES_TO_CHANGE = {
  'jobs.cancelled': ['pending'],
  'jobs.requeued': ['pending', 'done', 'failed', 'cancelled'],
  'jobs.reprioritised': ['pending', 'running'],
} satisfies Record<string, readonly JobState[]>;

interface GuardedWorker {
  launch: number;
  /** Null before its first transition. */
  state: WorkerState | null;
  /** Jobs it has. */
  claims: number;
}

export class EventGuard {
  readonly #claims = new Map<JobId, { attempt: number; worker: WorkerId }>();
  readonly #workers = new Map<WorkerId, GuardedWorker>();
  readonly #pools: Set<string>;
  readonly #ramps: Set<string>;
  /** The supervisor that this guard serves, from its beginning to its end. */
  #server: string | undefined;
  #nextJob: JobId;
  #nextBatch: BatchId;

  constructor(state: GuardState) {
    this.#pools = new Set(state.pools);
    this.#ramps = new Set(state.ramps);
    this.#nextJob = state.nextJob;
    this.#nextBatch = state.nextBatch;
    for (const { id, launch, state: at } of state.workers)
      this.#workers.set(id, { launch, state: at, claims: 0 });
    for (const { job, attempt, worker } of state.claims) this.#claim(job, attempt, worker);
  }

  /** Throws an InvariantError when the event does not fit. Changes nothing. */
  check(event: JournalEvent): void {
    const reason = this.#objection(event);
    if (reason !== undefined) throw new InvariantError(`An event (${event.type}) does not fit: ${reason}`);
  }

  /** Takes note of an event that was checked and is part of the order now. */
  record(event: JournalEvent): void {
    switch (event.type) {
      case 'job.claimed':
        return this.#claim(event.job, event.attempt, event.worker);
      case 'job.finished':
        return this.#unclaim(event.job);
      case 'batch.enqueued':
        this.#nextBatch = event.batch + 1;
        this.#nextJob = event.firstJob + event.count;
        return;
      case 'pool.declared':
        return void this.#pools.add(event.pool.name);
      case 'pool.removed':
        return void this.#pools.delete(event.pool);
      case 'ramp.moved':
        return void this.#ramps.add(event.ramp.pool);
      case 'worker.added':
        return void this.#workers.set(event.worker, { launch: 0, state: null, claims: 0 });
      case 'worker.launched':
        this.#workers.get(event.worker)!.launch = event.launch;
        return;
      case 'worker.transitioned':
        this.#workers.get(event.worker)!.state = event.to;
        return;
      case 'worker.removed':
        return void this.#workers.delete(event.worker);
      case 'supervisor.started':
        this.#server = event.server;
        return;
      case 'supervisor.ended':
        this.#server = undefined;
    }
  }

  #claim(job: JobId, attempt: number, worker: WorkerId): void {
    this.#claims.set(job, { attempt, worker });
    this.#workers.get(worker)!.claims++;
  }

  #unclaim(job: JobId): void {
    this.#workers.get(this.#claims.get(job)!.worker)!.claims--;
    this.#claims.delete(job);
  }

  #objection(event: JournalEvent): string | undefined {
    switch (event.type) {
      case 'job.claimed':
        return this.#objectionToClaim(event);
      case 'job.finished':
        if ((event.outcome === 'done') !== (event.next === 'done')) {
          return `an attempt that ended as ${event.outcome} leaves no job ${event.next}`;
        }
        return this.#objectionToAttempt(event.job, event.attempt);
      case 'job.checkpointed':
      case 'job.interrupted':
      case 'job.resent':
        return this.#objectionToAttempt(event.job, event.attempt);
      case 'job.cancelled':
        if (this.#claims.has(event.job)) return `job ${event.job} is running`;
        return event.job < this.#nextJob ? undefined : `job ${event.job} does not exist`;
      case 'jobs.cancelled':
      case 'jobs.requeued':
      case 'jobs.reprioritised':
        return this.#objectionToGroups(event.type, event.groups);
      case 'batch.enqueued':
        return this.#objectionToBatch(event);
      case 'pool.removed':
        return this.#pools.has(event.pool) ? undefined : `pool ${event.pool} does not exist`;
      case 'pool.declared':
      case 'memory.peaked':
      case 'crew.wanted':
      case 'settings.given':
      case 'alerts.told':
        return undefined;
      case 'ramp.moved':
        return this.#objectionToRamp(event.ramp);
      case 'ramp.soaked':
        return this.#ramps.has(event.pool) ? undefined : `pool ${event.pool} has no ramp`;
      case 'batch.archived':
      case 'jobs.removed':
        return event.batch < this.#nextBatch ? undefined : `batch ${event.batch} does not exist`;
      case 'supervisor.started':
        return this.#server === undefined ? undefined : `supervisor ${this.#server} has not ended`;
      case 'supervisor.ended':
        return this.#server === event.server
          ? undefined
          : `supervisor ${event.server} has not begun, or has ended`;
      case 'worker.added':
        return this.#workers.has(event.worker) ? `worker ${event.worker} exists already` : undefined;
      default:
        return this.#objectionToWorkerEvent(event);
    }
  }

  #objectionToRamp({ pool, plan, step }: Ramp): string | undefined {
    if (!this.#pools.has(pool)) return `pool ${pool} does not exist`;
    return plan.steps[step] ? undefined : `its ramp has no step ${step}`;
  }

  #objectionToClaim({ job, worker, launch }: JobClaimed): string | undefined {
    if (job >= this.#nextJob) return `job ${job} does not exist`;
    if (this.#claims.has(job)) return `job ${job} is claimed already`;
    return this.#objectionToLaunch(worker, launch);
  }

  #objectionToAttempt(job: JobId, attempt: number): string | undefined {
    const claim = this.#claims.get(job);
    if (!claim) return `job ${job} is not running`;
    return claim.attempt === attempt
      ? undefined
      : `job ${job} runs as attempt ${claim.attempt}, not ${attempt}`;
  }

  /** Of a job that does not run, only the projection can tell whether it waits or has ended. */
  #objectionToGroups(type: keyof typeof STATES_TO_CHANGE, groups: readonly JobGroup[]): string | undefined {
    const states: readonly JobState[] = STATES_TO_CHANGE[type];
    for (const { batch, state, ids } of groups) {
      if (!states.includes(state)) return `jobs that are ${state} are named`;
      if (batch >= this.#nextBatch) return `batch ${batch} does not exist`;
      if ((ids.at(-1) ?? 0) >= this.#nextJob) return `job ${ids.at(-1)} does not exist`;
      if (state === 'running') continue;
      for (const job of this.#claims.keys()) if (includesId(ids, job)) return `job ${job} is running`;
    }
    return undefined;
  }

  #objectionToBatch({ batch, firstJob }: BatchEnqueued): string | undefined {
    if (batch < this.#nextBatch) return `batch ${batch} is in use already`;
    return firstJob < this.#nextJob ? `job ${firstJob} is in use already` : undefined;
  }

  #objectionToWorkerEvent(event: JournalEvent & { worker: WorkerId }): string | undefined {
    const worker = this.#workers.get(event.worker);
    if (!worker) return `worker ${event.worker} does not exist`;
    switch (event.type) {
      case 'worker.launched':
        return event.launch === worker.launch + 1
          ? undefined
          : `launch ${event.launch} of ${event.worker} follows launch ${worker.launch}`;
      case 'worker.noted':
      case 'worker.spawned':
      case 'worker.registered':
        return this.#objectionToLaunch(event.worker, event.launch);
      case 'worker.transitioned':
        if (worker.state !== event.from) {
          return `worker ${event.worker} is ${worker.state ?? 'new'}, not ${event.from ?? 'new'}`;
        }
        return this.#objectionToLaunch(event.worker, event.launch);
      case 'worker.ending':
        if (!worker.state) return `worker ${event.worker} was never started`;
        return this.#objectionToLaunch(event.worker, event.launch);
      case 'worker.frozen':
        if (!worker.state || !isLive(worker.state)) return `worker ${event.worker} does not live`;
        return this.#objectionToLaunch(event.worker, event.launch);
      case 'worker.paused':
      case 'worker.refused':
        return undefined;
      case 'worker.removed':
        return worker.claims === 0 ? undefined : `worker ${event.worker} still has ${worker.claims} jobs`;
      default:
        return 'its type is not known';
    }
  }

  #objectionToLaunch(id: WorkerId, launch: number): string | undefined {
    const worker = this.#workers.get(id);
    if (!worker) return `worker ${id} does not exist`;
    return worker.launch === launch ? undefined : `worker ${id} is in launch ${worker.launch}, not ${launch}`;
  }
}
