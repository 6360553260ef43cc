/** What a worker says of a job while it computes it: progress and checkpoints. */
import type { Clock } from '../core/clock.ts';
import { moveProgress } from '../core/progress-stall.ts';
import { Limit } from '../protocol/generated/messages.ts';
import type { Store } from '../store/contract.ts';
import type { Attempts } from './attempts.ts';
import type { Changes } from './changes.ts';
import type { HealthJudge } from './health-judge.ts';
import type { Assignment, Worker } from './worker.ts';

/** What `$/progress` and `job/checkpoint` carry, as far as a worker keeps to the protocol. */
export interface News {
  jobId?: unknown;
  attempt?: unknown;
  fraction?: unknown;
  message?: unknown;
  checkpoint?: unknown;
}

/** Between two checkpoints of an attempt that are recorded, milliseconds. */
const CHECKPOINT_INTERVAL = 1_000;

interface Parts {
  store: Store;
  judge: HealthJudge;
  attempts: Attempts;
  clock: Clock;
  changes: Changes;
}

export class JobNews {
  readonly #parts: Parts;
  /** Cancel what is to be recorded later. */
  readonly #later = new Set<() => void>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Nothing more is recorded: the store closes, and what waits is with the keeper. */
  end(): void {
    for (const cancel of this.#later) cancel();
  }

  progress(worker: Worker, assignment: Assignment, news: News): void {
    const before = assignment.progress;
    assignment.progress = { at: this.#parts.clock.now() };
    if (typeof news.fraction === 'number') {
      assignment.progress.fraction = Math.min(1, Math.max(0, news.fraction));
    }
    if (typeof news.message === 'string') {
      assignment.progress.message = news.message.slice(0, Limit.progressMessage);
    }
    const { fraction, message } = assignment.progress;
    // Who says the same again and again says that it lives, not that it gets on.
    if (fraction !== before?.fraction || message !== before?.message) this.#moved(worker, assignment);
    this.#parts.changes.worker(worker.id);
  }

  /**
   * The first of an attempt is recorded at once, later ones at most once a second and the last one in any case. One that is
   * not recorded yet is kept by the keeper, so a supervisor that is killed meanwhile costs none.
   */
  checkpoint(worker: Worker, assignment: Assignment, { checkpoint }: News, sequence: number): void {
    if (checkpoint === undefined) return;
    const { attempts, clock, store } = this.#parts;
    const waiting = assignment.hasUnrecordedCheckpoint === true;
    assignment.job.checkpoint = checkpoint;
    this.#moved(worker, assignment);
    const pause = (assignment.checkpointMonotonic ?? -Infinity) + CHECKPOINT_INTERVAL - clock.monotonic();
    if (pause <= 0 && !waiting && !store.isBehind) return attempts.recordCheckpoint(worker, assignment);
    attempts.holdCheckpoint(worker, assignment, sequence);
    if (!waiting) this.#recordLater(worker, assignment, Math.max(pause, 0));
  }

  /** Checkpoints are the largest of what comes without being asked for, so they wait for a store that is behind. */
  #recordLater(worker: Worker, assignment: Assignment, pause: number): void {
    const { attempts, clock, store } = this.#parts;
    const cancel = clock.after(pause, () => {
      this.#later.delete(cancel);
      if (!worker.assignments.includes(assignment) || !assignment.hasUnrecordedCheckpoint) return;
      if (store.isBehind) this.#recordLater(worker, assignment, CHECKPOINT_INTERVAL);
      else attempts.recordCheckpoint(worker, assignment);
    });
    this.#later.add(cancel);
  }

  #moved(worker: Worker, assignment: Assignment): void {
    const { clock, judge } = this.#parts;
    if (!assignment.history) return;
    const now = worker.health.lived.at(clock.monotonic() / 1000, judge.interval(worker));
    assignment.history = moveProgress(assignment.history, now);
  }
}
