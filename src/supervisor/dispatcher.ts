/**
 * Gives jobs to workers. One pump serves everything that happened in a turn of the event loop:
 * claims are appended, all is *written* once, and only then sent; soon after, when it is *flushed*, the messages
 * that caused it are acknowledged to the keeper. So a worker is never told of a job that a successor would not know of,
 * and the disk costs one write and one fdatasync however many workers were busy.
 */
import type { Clock } from '../core/clock.ts';
import type { JobFinished } from '../core/events.ts';
import { attemptId } from '../core/fencing.ts';
import { stateAfter } from '../core/job-state.ts';
import type { AttemptOutcome, JobError } from '../core/job.ts';
import { RETRACT_AFTER_MILLISECONDS } from '../core/prefetch.ts';
import type { Handle, KeeperClient } from '../keeper/contract.ts';
import { Method } from '../protocol/generated/messages.ts';
import { StoreError, type Store } from '../store/contract.ts';
import type { Changes } from './changes.ts';
import type { Queue } from './queue.ts';
import type { Roster } from './roster.ts';
import type { Assignment, Worker } from './worker.ts';

/**
 * What nobody waits for (results to be acknowledged, a worker that still has jobs ahead) is gathered for so long,
 * milliseconds: with short jobs it makes one write, one send and one acknowledgement of many.
 */
const GATHER = 2;

/** How an attempt ended, as the worker told it or as its process's end shows. */
export interface AttemptEnd {
  outcome: AttemptOutcome;
  result?: unknown;
  error?: JobError;
  logTail?: string;
}

export class Dispatcher {
  readonly #store: Store;
  readonly #queue: Queue;
  readonly #roster: Roster;
  readonly #clock: Clock;
  readonly #changes: Changes;
  #keeper: KeeperClient | undefined;
  #scheduled = false;
  #gathering = false;
  #hungry = new Set<Worker>();
  #outbox: { worker: Worker; launch: number; body: string }[] = [];
  #received = new Map<Handle, number>();
  #blocked: StoreError | undefined;
  #onBlocked: (error: StoreError | undefined) => void = () => undefined;

  constructor(store: Store, queue: Queue, roster: Roster, clock: Clock, changes: Changes) {
    this.#store = store;
    this.#queue = queue;
    this.#roster = roster;
    this.#clock = clock;
    this.#changes = changes;
    queue.onRefilled((pool) => this.feedPool(pool));
  }

  useKeeper(keeper: KeeperClient | undefined): void {
    this.#keeper = keeper;
    if (!keeper) {
      this.#outbox = [];
      this.#received.clear();
    }
  }

  /** Calls `listener` with the disk's error when claiming stops because of it, and with undefined when it goes on. */
  onBlocked(listener: (error: StoreError | undefined) => void): void {
    this.#onBlocked = listener;
  }

  /** The worker may be able to take a job; it is urgent when half of what it may hold is used up. */
  feed(worker: Worker): void {
    this.#hungry.add(worker);
    if (2 * worker.assignments.length < this.#depth(worker)) this.schedule();
    else this.#gather();
  }

  feedPool(pool: string): void {
    for (const worker of this.#roster.ofPool(pool)) if (worker.takesJobs) this.#hungry.add(worker);
    this.schedule();
  }

  /** Sends a message to a worker, after what was appended so far is written. */
  send(worker: Worker, body: string): number {
    this.schedule();
    return this.#post(worker, body);
  }

  /** A message was dealt with; it is acknowledged once its consequences are on the disk. */
  received(handle: Handle, sequence: number): void {
    this.#received.set(handle, sequence);
    this.#gather();
  }

  /** Pumps at the end of this turn of the event loop. */
  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#pump());
  }

  /** Ends an attempt. What waits behind it begins now. */
  finish(worker: Worker, assignment: Assignment, end: AttemptEnd): void {
    const { job, attempt } = assignment;
    const index = worker.assignments.indexOf(assignment);
    worker.assignments.splice(index, 1);
    this.#roster.assigned.delete(job.id);
    const startedAt = assignment.startedAt ?? this.#clock.now();
    // The wall clock may have been set back since.
    const now = Math.max(startedAt, this.#clock.now());
    const next = stateAfter(end.outcome, job);
    const event: JobFinished = {
      type: 'job.finished',
      job: job.id,
      attempt,
      outcome: end.outcome,
      next,
      startedAt,
      finishedAt: now,
    };
    if (end.result !== undefined) event.result = end.result;
    if (end.error) event.error = end.error;
    if (end.logTail) event.logTail = end.logTail;
    this.#queue.finished(job, event);

    if (index === 0) {
      const elapsed = this.#clock.monotonic() - (assignment.startedMonotonic ?? this.#clock.monotonic());
      if (end.outcome === 'done') this.#queue.pool(worker.pool).durations.add(elapsed);
      this.begin(worker);
    }
    if (end.outcome === 'done') worker.jobsDone++;
    else if (end.error && end.outcome !== 'returned') {
      worker.lastError = end.error.message;
      worker.jobsFailed++;
    }
    if (end.outcome !== 'returned') {
      this.#changes.jobEnded({
        id: job.id,
        attempt,
        pool: job.pool,
        task: job.task,
        batchName: this.#queue.batch(job.batch)?.name ?? '',
        worker: worker.id,
        outcome: end.outcome,
        state: next,
        parameters: job.parameters,
        finishedAt: now,
        duration: (now - startedAt) / 1000,
        ...(end.error ? { error: end.error } : {}),
      });
    }
    this.#changes.worker(worker.id);
    if (next === 'pending') this.feedPool(job.pool);
    this.feed(worker);
  }

  /** The first assignment of a worker is the one it computes from now on. */
  begin(worker: Worker): void {
    const current = worker.current;
    if (!current || current.startedAt !== undefined) return;
    current.startedAt = this.#clock.now();
    current.startedMonotonic = this.#clock.monotonic();
    this.#changes.worker(worker.id);
  }

  /** Takes back jobs that wait behind one that turns out to be long, or all that wait. */
  retract(worker: Worker, when: 'long' | 'always'): void {
    const current = worker.current;
    if (!current || worker.assignments.length < 2) return;
    const age = this.#clock.monotonic() - (current.startedMonotonic ?? this.#clock.monotonic());
    if (when === 'long' && age < RETRACT_AFTER_MILLISECONDS) return;
    if (when === 'long') this.#queue.pool(worker.pool).durations.add(age);
    for (const assignment of worker.assignments.slice(1)) this.interrupt(worker, assignment, 'returned');
  }

  /** Asks the worker to end an attempt early, once. */
  interrupt(
    worker: Worker,
    assignment: Assignment,
    outcome: NonNullable<Assignment['interrupted']>['outcome'],
  ): void {
    if (assignment.interrupted && assignment.interrupted.outcome !== 'returned') return;
    const asked = assignment.interrupted !== undefined;
    assignment.interrupted = { outcome, since: this.#clock.monotonic() };
    if (asked) return;
    const id = attemptId({ job: assignment.job.id, attempt: assignment.attempt });
    this.send(worker, JSON.stringify({ jsonrpc: '2.0', method: Method.cancelRequest, params: { id } }));
  }

  /** Whether a disk that refuses keeps it from giving jobs. */
  get blocked(): StoreError | undefined {
    return this.#blocked;
  }

  /** Pumps soon, and acknowledges what has come in by then. */
  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    this.#clock.after(GATHER, () => {
      this.#gathering = false;
      this.#pump();
      this.#acknowledge();
    });
  }

  /** How many jobs the worker may hold: the one it computes, and what is sent ahead. */
  #depth(worker: Worker): number {
    return 1 + this.#queue.pool(worker.pool).durations.ahead(worker.profile?.prefetch ?? 0);
  }

  #pump(): void {
    this.#scheduled = false;
    if (this.#keeper && !this.#blocked) this.#claim();
    if (this.#write()) this.#deliver();
  }

  /** Puts a message where it waits for what was appended so far to be written. Returns its frame's number. */
  #post(worker: Worker, body: string): number {
    this.#outbox.push({ worker, launch: worker.launch, body });
    return ++worker.lastFrame;
  }

  #claim(): void {
    const hungry = this.#hungry;
    this.#hungry = new Set();
    for (const worker of hungry) this.#fill(worker);
  }

  #fill(worker: Worker): void {
    if (!worker.takesJobs) return;
    const depth = this.#depth(worker);
    // What is sent ahead must leave something for those who have nothing.
    while (worker.assignments.length < depth) {
      if (
        worker.assignments.length > 0 &&
        this.#queue.ready(worker.pool) < this.#roster.ofPool(worker.pool).length
      )
        return;
      const job = this.#queue.take(worker.pool, worker.labels);
      if (!job) return;
      this.#give(worker, job);
    }
  }

  #give(worker: Worker, job: Assignment['job']): void {
    const attempt = job.attempts + 1;
    const deadline = this.#clock.now() + job.timeout * 1000;
    const frame = this.#post(worker, runMessage(job, attempt, deadline));
    this.#store.append({
      type: 'job.claimed',
      job: job.id,
      attempt,
      worker: worker.id,
      launch: worker.launch,
      frame,
    });
    this.#queue.claimed(job);
    worker.assignments.push({ job, attempt, frame });
    this.#roster.assigned.set(job.id, worker);
    this.begin(worker);
  }

  #write(): boolean {
    try {
      this.#store.write();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (!this.#blocked) this.#onBlocked(error);
      this.#blocked = error;
      return false;
    }
    if (this.#blocked) {
      this.#blocked = undefined;
      this.#onBlocked(undefined);
      for (const worker of this.#roster.live) this.feed(worker);
    }
    return true;
  }

  #deliver(): void {
    const outbox = this.#outbox;
    if (outbox.length === 0) return;
    this.#outbox = [];
    for (const { worker, launch, body } of outbox) {
      if (worker.handle !== undefined && worker.launch === launch) this.#keeper?.send(worker.handle, body);
    }
  }

  #acknowledge(): void {
    if (this.#received.size === 0 || this.#blocked) return;
    const received = this.#received;
    const keeper = this.#keeper;
    this.#received = new Map();
    this.#store.flush().then(
      () => {
        if (this.#keeper !== keeper) return;
        for (const [handle, sequence] of received) keeper?.acknowledge(handle, sequence);
      },
      // Not acknowledged: the keeper keeps the messages, and the next write reports what is wrong.
      () => {
        for (const [handle, sequence] of received) {
          if (!this.#received.has(handle)) this.#received.set(handle, sequence);
        }
      },
    );
  }
}

export function runMessage(job: Assignment['job'], attempt: number, deadline: number): string {
  return JSON.stringify({
    jsonrpc: '2.0',
    id: attemptId({ job: job.id, attempt }),
    method: Method.jobRun,
    params: {
      jobId: job.id,
      attempt,
      task: job.task,
      parameters: job.parameters,
      deadline,
      ...(job.checkpoint === undefined ? {} : { checkpoint: job.checkpoint }),
    },
  });
}
