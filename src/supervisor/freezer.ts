/**
 * Workers whose whole process tree is stopped by a signal, because a person asked for it, until somebody lets it go on. It is
 * recorded before it is carried out, so that a successor of this supervisor knows who is frozen and by whom it was meant;
 * meanwhile nothing is expected of them: no heartbeat, and their job's time limit stands still.
 */
import type { Clock } from '../core/clock.ts';
import type { Store } from '../store/contract.ts';
import type { Attempts } from './attempts.ts';
import type { Changes } from './changes.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { KeeperLink } from './keeper-link.ts';
import type { Log } from './log.ts';
import type { Worker } from './worker.ts';
import { writeIfPossible } from './write-if-possible.ts';

/** What a worker gets to give back the jobs that wait behind the one it computes; milliseconds. */
const RETURN_PATIENCE = 500;
const RETURN_LOOK = 10;

interface Parts {
  store: Store;
  attempts: Attempts;
  dispatcher: Dispatcher;
  keeper: KeeperLink;
  clock: Clock;
  changes: Changes;
  log: Log;
}

export class Freezer {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Windows has no signal for it. */
  get isPossible(): boolean {
    return process.platform !== 'win32';
  }

  /** Stops it. Throws when that could not be done; then it is not frozen. */
  async freeze(worker: Worker): Promise<void> {
    const { store, clock, attempts, keeper } = this.#parts;
    const { launch } = worker;
    const frozen = { since: clock.now(), sinceMonotonic: clock.monotonic() };
    worker.frozen = frozen;
    this.#record(worker);
    attempts.retract(worker, 'always');
    await this.#returned(worker);
    // Let go on, ended or launched again meanwhile.
    if (worker.frozen !== frozen || worker.launch !== launch) throw new Error('was told otherwise meanwhile');
    const { client } = keeper;
    const { handle } = worker;
    try {
      store.write();
      if (!client || handle === undefined) throw new Error('there is no keeper at the moment; try again');
      if (!(await client.freeze(handle, true))) throw new Error('has just ended');
    } catch (error) {
      if (worker.frozen === frozen) this.#thaw(worker);
      throw new Error(`could not be frozen: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Lets it go on. Throws when there is no keeper to do it; whoever takes over the next one does. */
  async continue(worker: Worker): Promise<void> {
    const { keeper, dispatcher } = this.#parts;
    this.#thaw(worker);
    writeIfPossible(this.#parts.store);
    const { client } = keeper;
    if (!client || worker.handle === undefined) throw new Error('goes on as soon as there is a keeper again');
    await client.freeze(worker.handle, false);
    dispatcher.feed(worker);
  }

  /** Lets it go on because it is to end, which a stopped process cannot. */
  release(worker: Worker): void {
    if (!worker.frozen) return;
    this.#thaw(worker);
    this.#signal(worker, false);
  }

  /** What was decided is carried out again: whoever decided it may have died in between. */
  adopt(worker: Worker, isStopped: boolean): void {
    if (worker.frozen) worker.frozen.sinceMonotonic = this.#parts.clock.monotonic();
    if (worker.frozen || isStopped) this.#signal(worker, worker.frozen !== undefined);
  }

  #signal(worker: Worker, frozen: boolean): void {
    const { client } = this.#parts.keeper;
    if (!client || worker.handle === undefined) return;
    client
      .freeze(worker.handle, frozen)
      .catch((error: unknown) =>
        this.#parts.log.error(`${worker.id} could not be ${frozen ? 'frozen' : 'let go on'}.`, error),
      );
  }

  /** Nothing is held against it that it could not do while it was stopped. */
  #thaw(worker: Worker): void {
    const { frozen } = worker;
    if (!frozen) return;
    const now = this.#parts.clock.monotonic();
    for (const assignment of worker.assignments) {
      const { startedMonotonic, interrupted } = assignment;
      if (startedMonotonic !== undefined) {
        assignment.startedMonotonic =
          startedMonotonic + now - Math.max(startedMonotonic, frozen.sinceMonotonic);
      }
      if (interrupted) interrupted.since += now - Math.max(interrupted.since, frozen.sinceMonotonic);
    }
    worker.heartbeatMonotonic = now;
    worker.frozen = undefined;
    this.#record(worker);
  }

  #record(worker: Worker): void {
    const { id, launch, frozen } = worker;
    this.#parts.store.append({ type: 'worker.frozen', worker: id, launch, frozen: frozen !== undefined });
    this.#parts.changes.worker(id);
    this.#parts.dispatcher.schedule();
  }

  /** What waits behind its job would wait as long as it is frozen. */
  async #returned(worker: Worker): Promise<void> {
    const { clock } = this.#parts;
    const deadline = clock.monotonic() + RETURN_PATIENCE;
    while (worker.frozen && worker.assignments.length > 1 && clock.monotonic() < deadline) {
      await new Promise<void>((resolve) => clock.after(RETURN_LOOK, resolve));
    }
  }
}
