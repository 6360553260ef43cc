/**
 * Gives jobs to workers. One pump serves everything that happened in a turn of the event loop:
 * claims are appended, all is *written* once, and only then sent; soon after, when it is *flushed*, the messages
 * that caused it are acknowledged to the keeper. So a worker is never told of a job that a successor would not know of,
 * and the disk costs one write and one fdatasync however many workers were busy.
 */
import type { Clock } from '../core/clock.ts';
import type { Handle, KeeperClient } from '../keeper/contract.ts';
import { StoreError } from '../store/store-error.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { Claims, type Claim } from './claims.ts';
import type { DiskGate } from './disk-gate.ts';
import { Outbox } from './outbox.ts';
import type { Queue } from './queue.ts';
import { runMessage } from './run-message.ts';
import type { Roster } from './roster.ts';
import type { Worker } from './worker.ts';

/** A worker that still has jobs ahead waits so long for more, milliseconds: with short jobs one write and one send are of many. */
const GATHER = 2;
/** Nobody waits for an acknowledgement, and the flush before it costs as much as a short job: there is one in so many milliseconds. */
const GATHER_ACKNOWLEDGEMENTS = 5;

export class Dispatcher {
  readonly #store: DiskGate;
  readonly #queue: Queue;
  readonly #roster: Roster;
  readonly #clock: Clock;
  #keeper: KeeperClient | undefined;
  #scheduled = false;
  #gathering = false;
  #acknowledging = false;
  #waitsForStore = false;
  readonly #claims: Claims;
  readonly #outbox: Outbox;
  readonly #acknowledgements: Acknowledgements;
  #onGiven: (worker: Worker) => void = () => undefined;

  constructor(store: DiskGate, queue: Queue, roster: Roster, clock: Clock) {
    this.#store = store;
    this.#queue = queue;
    this.#roster = roster;
    this.#clock = clock;
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

  /** Called with a worker that has been given a job. */
  onGiven(listener: (worker: Worker) => void): void {
    this.#onGiven = listener;
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
    if (recorded) this.#acknowledgeSoon();
  }

  /** A message was dealt with whose consequences are not recorded yet; until `release` the keeper keeps it. */
  hold(handle: Handle, sequence: number): void {
    this.#acknowledgements.hold(handle, sequence);
  }

  /** What the held message of this process says is recorded now, or is of no use any more. */
  release(handle: Handle): void {
    this.#acknowledgements.release(handle);
    this.#acknowledgeSoon();
  }

  /** A worker's process is gone and all it said was heard; the keeper may forget it once that is on the disk. */
  forget(handle: Handle): void {
    this.#acknowledgements.end(handle);
    this.#acknowledgeSoon();
  }

  /** Pumps at the end of this turn of the event loop. */
  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#pump());
  }

  /** Pumps soon. */
  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    this.#clock.after(GATHER, () => {
      this.#gathering = false;
      this.#pump();
    });
  }

  /** Pumps, and acknowledges what has come in by then. */
  #acknowledgeSoon(): void {
    if (this.#acknowledging) return;
    this.#acknowledging = true;
    this.#clock.after(GATHER_ACKNOWLEDGEMENTS, () => {
      this.#acknowledging = false;
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
    this.#onGiven(worker);
  }

  /** The disk takes writes again. */
  #goOn(): void {
    for (const worker of this.#roster.live) this.feed(worker);
    this.schedule();
    this.#acknowledgeSoon();
  }
}
