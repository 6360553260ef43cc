/**
 * Gives jobs to workers. One pump serves everything that happened in a turn of the event loop:
 * claims are appended, all is *written* once, and only then sent; soon after, when it is *flushed*, the messages
 * that caused it are acknowledged to the keeper. So a worker is never told of a job that a successor would not know of,
 * and the disk costs one write and one fdatasync however many workers were busy.
 */
import type { Clock } from '../core/clock.ts';
import type { JobFinished } from '../core/events.ts';
import { attemptId } from '../core/fencing.ts';
import { countsAsFailure, stateAfter, type EndedState } from '../core/job-state.ts';
import { RETRACT_AFTER_MILLISECONDS } from '../core/prefetch.ts';
import { beginProgress } from '../core/progress-stall.ts';
import { addOutcome } from '../core/recent-outcomes.ts';
import type { Handle, KeeperClient } from '../keeper/contract.ts';
import { Method } from '../protocol/generated/messages.ts';
import { StoreError } from '../store/store-error.ts';
import { Acknowledgements } from './acknowledgements.ts';
import type { AttemptEnd } from './attempt-end.ts';
import type { Changes } from './changes.ts';
import { Claims, type Claim } from './claims.ts';
import type { DiskGate } from './disk-gate.ts';
import type { HealthJudge } from './health-judge.ts';
import { Outbox } from './outbox.ts';
import type { Queue } from './queue.ts';
import { runMessage } from './run-message.ts';
import type { Roster } from './roster.ts';
import type { Assignment, Worker } from './worker.ts';

/**
 * What nobody waits for (results to be acknowledged, a worker that still has jobs ahead) is gathered for so long,
 * milliseconds: with short jobs it makes one write, one send and one acknowledgement of many.
 */
const GATHER = 2;

/** Of two reasons to end an attempt early the stronger one holds: what a person cancelled is not tried again. */
const STRENGTH = { returned: 0, aborted: 1, 'timed-out': 2, cancelled: 3 } as const;

export class Dispatcher {
  readonly #store: DiskGate;
  readonly #queue: Queue;
  readonly #roster: Roster;
  readonly #judge: HealthJudge;
  readonly #clock: Clock;
  readonly #changes: Changes;
  #keeper: KeeperClient | undefined;
  #scheduled = false;
  #gathering = false;
  #waitsForStore = false;
  readonly #claims: Claims;
  readonly #outbox: Outbox;
  readonly #acknowledgements: Acknowledgements;

  constructor(
    store: DiskGate,
    queue: Queue,
    roster: Roster,
    judge: HealthJudge,
    clock: Clock,
    changes: Changes,
  ) {
    this.#store = store;
    this.#queue = queue;
    this.#roster = roster;
    this.#judge = judge;
    this.#clock = clock;
    this.#changes = changes;
    this.#claims = new Claims(queue, roster);
    this.#outbox = new Outbox(store);
    this.#acknowledgements = new Acknowledgements(
      clock,
      () => store.flush(),
      (handle, sequence) => this.#keeper?.acknowledge(handle, sequence),
      (handle) => void this.#keeper?.forget(handle).catch(() => undefined),
    );
    queue.onRefilled((pool) => this.feedPool(pool));
    store.onBlocked((error) => {
      if (!error) this.#goOn();
    });
  }

  useKeeper(keeper: KeeperClient | undefined): void {
    this.#keeper = keeper;
    this.#acknowledgements.clear();
    if (!keeper) this.#outbox.clear();
  }

  /** The worker may be able to take a job. */
  feed(worker: Worker): void {
    if (this.#claims.want(worker)) this.schedule();
    else this.#gather();
  }

  feedPool(pool: string): void {
    this.#claims.wantAll(pool);
    this.schedule();
  }

  /** Sends a message to a worker, after what was appended so far is written. What needs no record goes out in any case. */
  send(worker: Worker, body: string, { afterRecord = false } = {}): number {
    this.schedule();
    return this.#outbox.post(worker, body, afterRecord);
  }

  /** A message was dealt with; it is acknowledged once what was `recorded` because of it is on the disk. */
  received(handle: Handle, sequence: number, recorded: boolean): void {
    this.#acknowledgements.dealtWith(handle, sequence, recorded);
    if (recorded) this.#gather();
  }

  /** The message's checkpoint is not recorded yet; until `recordCheckpoint` the keeper keeps it. */
  holdCheckpoint(worker: Worker, assignment: Assignment, sequence: number): void {
    assignment.hasUnrecordedCheckpoint = true;
    if (worker.handle !== undefined) this.#acknowledgements.hold(worker.handle, sequence);
  }

  /** Records what the attempt has saved last. */
  recordCheckpoint(worker: Worker, assignment: Assignment): void {
    const { job, attempt } = assignment;
    this.#store.append({ type: 'job.checkpointed', job: job.id, attempt, checkpoint: job.checkpoint });
    assignment.checkpointMonotonic = this.#clock.monotonic();
    assignment.hasUnrecordedCheckpoint = false;
    if (worker.handle !== undefined) this.#acknowledgements.release(worker.handle);
    this.#gather();
  }

  /** A worker's process is gone and all it said was heard; the keeper may forget it once that is on the disk. */
  forget(handle: Handle): void {
    this.#acknowledgements.end(handle);
    this.#gather();
  }

  /** Pumps at the end of this turn of the event loop. */
  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#pump());
  }

  /** Ends an attempt. What waits behind it begins now. Returns what has become of the job. */
  finish(worker: Worker, assignment: Assignment, end: AttemptEnd): EndedState {
    const { job } = assignment;
    const index = worker.assignments.indexOf(assignment);
    worker.assignments.splice(index, 1);
    this.#roster.assigned.delete(job.id);
    const next = stateAfter(end.outcome, job);
    // For the next attempt; the event must come before the end of this one.
    if (assignment.hasUnrecordedCheckpoint && next === 'pending') this.recordCheckpoint(worker, assignment);
    else if (assignment.hasUnrecordedCheckpoint && worker.handle !== undefined)
      this.#acknowledgements.release(worker.handle);
    const event = this.#endEvent(assignment, end, next);
    this.#queue.finished(job, event);

    if (index === 0) {
      const elapsed = this.#clock.monotonic() - (assignment.startedMonotonic ?? this.#clock.monotonic());
      if (end.outcome === 'done') this.#queue.pool(worker.pool).durations.add(elapsed);
      this.begin(worker);
    }
    this.#remember(worker, assignment, end);
    if (end.outcome !== 'returned') this.#tellEnd(worker, assignment, event);
    this.#changes.worker(worker.id);
    if (next === 'pending') this.feedPool(job.pool);
    this.feed(worker);
    return next;
  }

  #endEvent(assignment: Assignment, end: AttemptEnd, next: EndedState): JobFinished {
    const { job, attempt } = assignment;
    const { outcome } = end;
    const startedAt = assignment.startedAt ?? this.#clock.now();
    // The wall clock may have been set back since.
    const finishedAt = Math.max(startedAt, this.#clock.now());
    const event: JobFinished = {
      type: 'job.finished',
      job: job.id,
      attempt,
      outcome,
      next,
      startedAt,
      finishedAt,
    };
    const notBefore = next === 'pending' ? this.#queue.retryAt(job, attempt, outcome, finishedAt) : undefined;
    if (notBefore !== undefined) event.notBefore = notBefore;
    if (end.result !== undefined) event.result = end.result;
    if (end.error) event.error = end.error;
    if (end.logTail) event.logTail = end.logTail;
    return event;
  }

  #tellEnd(worker: Worker, { job, attempt }: Assignment, event: JobFinished): void {
    const { outcome, next, startedAt, finishedAt, error } = event;
    this.#changes.jobEnded({
      id: job.id,
      attempt,
      pool: job.pool,
      task: job.task,
      batchName: this.#queue.batch(job.batch)?.name ?? '',
      worker: worker.id,
      outcome,
      state: next,
      parameters: job.parameters,
      finishedAt,
      duration: (finishedAt - startedAt) / 1000,
      ...(error ? { error } : {}),
    });
  }

  /** The first assignment of a worker is the one it computes from now on. */
  begin(worker: Worker): void {
    const current = worker.current;
    if (!current || current.startedAt !== undefined) return;
    current.startedAt = this.#clock.now();
    current.startedMonotonic = this.#clock.monotonic();
    current.history = beginProgress(this.#judge.lived(worker));
    this.#changes.worker(worker.id);
  }

  /** What is counted of a worker, and what its health is judged by. */
  #remember(worker: Worker, { job, history }: Assignment, { outcome, error }: AttemptEnd): void {
    const isDone = outcome === 'done';
    const isFailure = !isDone && countsAsFailure(outcome);
    if (isDone || isFailure) worker.outcomes = addOutcome(worker.outcomes, isFailure);
    if (isFailure) {
      worker.lastError = error?.message ?? outcome;
      worker.jobsFailed++;
    }
    worker.stuck = undefined;
    if (!isDone) return;
    worker.jobsDone++;
    if (history) this.#judge.learn(worker, job.task, history);
    if (this.#judge.hasOutputs(worker)) worker.health.done(job.id, job.parameters);
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
    const { interrupted, job, attempt } = assignment;
    if (interrupted && STRENGTH[interrupted.outcome] >= STRENGTH[outcome]) return;
    assignment.interrupted = { outcome, since: this.#clock.monotonic() };
    if (outcome === 'cancelled' || outcome === 'timed-out') {
      this.#store.append({ type: 'job.interrupted', job: job.id, attempt, outcome });
    }
    if (interrupted) this.schedule();
    else this.askToEnd(worker, assignment);
  }

  askToEnd(worker: Worker, { job, attempt }: Assignment): void {
    const id = attemptId({ job: job.id, attempt });
    this.send(worker, JSON.stringify({ jsonrpc: '2.0', method: Method.cancelRequest, params: { id } }));
  }

  /** Gives a job again that the worker did not get: its claim was recorded, but who claimed it died before it was sent. */
  resend(worker: Worker, assignment: Assignment): void {
    const { job, attempt } = assignment;
    const deadline = this.#clock.now() + job.timeout * 1000;
    assignment.frame = this.send(worker, runMessage(job, attempt, deadline), { afterRecord: true });
    // Frames count anew from what was delivered; the next successor compares with this number.
    this.#store.append({ type: 'job.resent', job: job.id, attempt, frame: assignment.frame });
  }

  /** Pumps soon, and acknowledges what has come in by then. */
  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    this.#clock.after(GATHER, () => {
      this.#gathering = false;
      this.#pump();
      if (!this.#store.blocked) void this.#acknowledgements.flush();
    });
  }

  #pump(): void {
    this.#scheduled = false;
    const claims = this.#mayClaim() ? this.#claims.take() : [];
    if (this.#save(claims)) for (const claim of claims) this.#give(claim);
    else for (const { job } of claims.reverse()) this.#queue.giveBack(job);
    this.#outbox.deliver(this.#keeper);
  }

  #mayClaim(): boolean {
    if (!this.#keeper || this.#store.blocked) return false;
    if (this.#store.isBehind) this.#claimLater();
    return !this.#store.isBehind;
  }

  /** Goes on when the store has caught up. One that has ended tells so itself. */
  #claimLater(): void {
    if (this.#waitsForStore) return;
    this.#waitsForStore = true;
    this.#store
      .caughtUp()
      .then(() => {
        this.#waitsForStore = false;
        this.schedule();
      })
      .catch(() => undefined);
  }

  /** Writes all that happened, and the claims with it; false when the disk refuses. Then the claims never were. */
  #save(claims: readonly Claim[]): boolean {
    try {
      if (claims.length > 0) this.#store.record(claims.map(({ event }) => event));
      else this.#store.write();
      return true;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return false;
    }
  }

  #give({ worker, job, size, event: { attempt, frame } }: Claim): void {
    const deadline = this.#clock.now() + job.timeout * 1000;
    this.#outbox.post(worker, runMessage(job, attempt, deadline), false);
    this.#queue.claimed(job);
    worker.assignments.push({ job, attempt, frame, size });
    this.#roster.assigned.set(job.id, worker);
    this.begin(worker);
  }

  /** The disk takes writes again. */
  #goOn(): void {
    for (const worker of this.#roster.live) this.feed(worker);
    this.schedule();
    this.#gather();
  }
}
