/**
 * The attempts that workers have: begins them, records what they save, asks them to end early, and ends them. The first
 * assignment of a worker is the one it computes; those behind it were sent ahead and have not begun.
 */
import type { Clock } from '../core/clock.ts';
import type { JobFinished } from '../core/events.ts';
import { attemptId } from '../core/fencing.ts';
import { countsAsFailure, stateAfter, type EndedState } from '../core/job-state.ts';
import { RETRACT_AFTER_MILLISECONDS } from '../core/prefetch.ts';
import { beginProgress } from '../core/progress-stall.ts';
import { addOutcome } from '../core/recent-outcomes.ts';
import { Method } from '../protocol/generated/messages.ts';
import type { Store } from '../store/contract.ts';
import type { AttemptEnd } from './attempt-end.ts';
import type { Changes } from './changes.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { HealthJudge } from './health-judge.ts';
import type { Queue } from './queue.ts';
import type { Roster } from './roster.ts';
import { runMessage } from './run-message.ts';
import type { Assignment, Worker } from './worker.ts';

/** Of two reasons to end an attempt early the stronger one holds: what a person cancelled is not tried again. */
const STRENGTH = { returned: 0, aborted: 1, 'timed-out': 2, cancelled: 3 } as const;

interface Parts {
  store: Pick<Store, 'append'>;
  queue: Queue;
  roster: Roster;
  judge: HealthJudge;
  dispatcher: Dispatcher;
  clock: Clock;
  changes: Changes;
}

export class Attempts {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.dispatcher.onGiven((worker) => this.begin(worker));
  }

  /** The first assignment of a worker is the one it computes from now on. */
  begin(worker: Worker): void {
    const current = worker.current;
    if (!current || current.startedAt !== undefined) return;
    const { clock, judge, changes } = this.#parts;
    current.startedAt = clock.now();
    current.startedMonotonic = clock.monotonic();
    current.history = beginProgress(judge.lived(worker));
    changes.worker(worker.id);
  }

  /** The message's checkpoint is not recorded yet; until `recordCheckpoint` the keeper keeps it. */
  holdCheckpoint(worker: Worker, assignment: Assignment, sequence: number): void {
    assignment.hasUnrecordedCheckpoint = true;
    if (worker.handle !== undefined) this.#parts.dispatcher.hold(worker.handle, sequence);
  }

  /** Records what the attempt has saved last. */
  recordCheckpoint(worker: Worker, assignment: Assignment): void {
    const { store, clock, dispatcher } = this.#parts;
    const { job, attempt } = assignment;
    store.append({ type: 'job.checkpointed', job: job.id, attempt, checkpoint: job.checkpoint });
    assignment.checkpointMonotonic = clock.monotonic();
    assignment.hasUnrecordedCheckpoint = false;
    if (worker.handle !== undefined) dispatcher.release(worker.handle);
  }

  /** Ends an attempt. What waits behind it begins now. Returns what has become of the job. */
  finish(worker: Worker, assignment: Assignment, end: AttemptEnd): EndedState {
    const { queue, roster, dispatcher, clock, changes } = this.#parts;
    const { job } = assignment;
    const index = worker.assignments.indexOf(assignment);
    worker.assignments.splice(index, 1);
    roster.assigned.delete(job.id);
    const next = stateAfter(end.outcome, job);
    // For the next attempt; the event must come before the end of this one.
    if (assignment.hasUnrecordedCheckpoint && next === 'pending') this.recordCheckpoint(worker, assignment);
    else if (assignment.hasUnrecordedCheckpoint && worker.handle !== undefined)
      dispatcher.release(worker.handle);
    const event = this.#endEvent(assignment, end, next);
    queue.finished(job, event);

    if (index === 0) {
      const elapsed = clock.monotonic() - (assignment.startedMonotonic ?? clock.monotonic());
      if (end.outcome === 'done') queue.pool(worker.pool).durations.add(elapsed);
      this.begin(worker);
    }
    this.#remember(worker, assignment, end);
    if (end.outcome !== 'returned') this.#tellEnd(worker, assignment, event);
    changes.worker(worker.id);
    if (next === 'pending') dispatcher.feedPool(job.pool);
    dispatcher.feed(worker);
    return next;
  }

  /** Ends an attempt that has not begun: its job goes back to the queue, unless it was cancelled. */
  takeBack(worker: Worker, assignment: Assignment): EndedState {
    const isCancelled = assignment.interrupted?.outcome === 'cancelled';
    return this.finish(worker, assignment, { outcome: isCancelled ? 'cancelled' : 'returned' });
  }

  /** Asks for jobs back that wait behind one that turns out to be long, or all that wait. */
  retract(worker: Worker, when: 'long' | 'always'): void {
    const current = worker.current;
    if (!current || worker.assignments.length < 2) return;
    const { queue, clock } = this.#parts;
    const age = clock.monotonic() - (current.startedMonotonic ?? clock.monotonic());
    if (when === 'long' && age < RETRACT_AFTER_MILLISECONDS) return;
    if (when === 'long') queue.pool(worker.pool).durations.add(age);
    for (const assignment of worker.assignments.slice(1)) this.interrupt(worker, assignment, 'returned');
  }

  /** Asks the worker to end an attempt early, once. */
  interrupt(
    worker: Worker,
    assignment: Assignment,
    outcome: NonNullable<Assignment['interrupted']>['outcome'],
  ): void {
    const { store, dispatcher, clock } = this.#parts;
    const { interrupted, job, attempt } = assignment;
    if (interrupted && STRENGTH[interrupted.outcome] >= STRENGTH[outcome]) return;
    assignment.interrupted = { outcome, since: clock.monotonic() };
    if (outcome === 'cancelled' || outcome === 'timed-out') {
      store.append({ type: 'job.interrupted', job: job.id, attempt, outcome });
    }
    if (interrupted) dispatcher.schedule();
    else this.askToEnd(worker, assignment);
  }

  askToEnd(worker: Worker, { job, attempt }: Assignment): void {
    const id = attemptId({ job: job.id, attempt });
    const message = { jsonrpc: '2.0', method: Method.cancelRequest, params: { id } };
    this.#parts.dispatcher.send(worker, JSON.stringify(message));
  }

  /** Gives a job again that the worker did not get: its claim was recorded, but who claimed it died before it was sent. */
  resend(worker: Worker, assignment: Assignment): void {
    const { store, dispatcher, clock } = this.#parts;
    const { job, attempt } = assignment;
    const deadline = clock.now() + job.timeout * 1000;
    assignment.frame = dispatcher.send(worker, runMessage(job, attempt, deadline), { afterRecord: true });
    // Frames count anew from what was delivered; the next successor compares with this number.
    store.append({ type: 'job.resent', job: job.id, attempt, frame: assignment.frame });
  }

  #endEvent(assignment: Assignment, end: AttemptEnd, next: EndedState): JobFinished {
    const { queue, clock } = this.#parts;
    const { job, attempt } = assignment;
    const { outcome } = end;
    const startedAt = assignment.startedAt ?? clock.now();
    // The wall clock may have been set back since.
    const finishedAt = Math.max(startedAt, clock.now());
    const event: JobFinished = {
      type: 'job.finished',
      job: job.id,
      attempt,
      outcome,
      next,
      startedAt,
      finishedAt,
    };
    const notBefore = next === 'pending' ? queue.retryAt(job, attempt, outcome, finishedAt) : undefined;
    if (notBefore !== undefined) event.notBefore = notBefore;
    if (end.result !== undefined) event.result = end.result;
    if (end.error) event.error = end.error;
    if (end.logTail) event.logTail = end.logTail;
    return event;
  }

  #tellEnd(worker: Worker, { job, attempt }: Assignment, event: JobFinished): void {
    const { queue, changes } = this.#parts;
    const { outcome, next, startedAt, finishedAt, error } = event;
    changes.jobEnded({
      id: job.id,
      attempt,
      pool: job.pool,
      task: job.task,
      batchName: queue.batch(job.batch)?.name ?? '',
      worker: worker.id,
      outcome,
      state: next,
      parameters: job.parameters,
      finishedAt,
      duration: (finishedAt - startedAt) / 1000,
      ...(error ? { error } : {}),
    });
  }

  /** What is counted of a worker, and what its health is judged by. */
  #remember(worker: Worker, { job, history }: Assignment, { outcome, error }: AttemptEnd): void {
    const { judge } = this.#parts;
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
    if (history) judge.learn(worker, job.task, history);
    if (judge.hasOutputs(worker)) worker.health.done(job.id, job.parameters);
  }
}
