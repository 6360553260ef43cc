/**
 * Workers that are wanted and that there is no room for: those of `up`, and those that ended and are to be started again. They are
 * started by themselves as soon as there is room. It is told once, and shown for as long as it lasts.
 */
import type { AdmissionRefusal } from '../core/admission.ts';
import type { Clock } from '../core/clock.ts';
import type { PoolSettings } from '../core/pool.ts';
import { isLive } from '../core/worker-state.ts';
import type { Store } from '../store/contract.ts';
import type { Admission } from './admission.ts';
import type { Launcher } from './launcher.ts';
import type { Log } from './log.ts';
import type { PoolRegister } from './pool-register.ts';
import type { Roster } from './roster.ts';
import type { Troubles } from './troubles.ts';
import type { Worker } from './worker.ts';
import { quantity } from '../core/quantity.ts';

/** Milliseconds between tries. Facts are gathered for each, and room is seldom made by the second. */
const RETRY = 5_000;

interface Parts {
  store: Pick<Store, 'append'>;
  admission: Pick<Admission, 'refresh' | 'judge'>;
  launcher: Pick<Launcher, 'launch'>;
  roster: Roster;
  pools: PoolRegister;
  troubles: Troubles;
  clock: Clock;
  log: Log;
  /** Whether the crew is to work. */
  wanted: () => boolean;
  writable: () => boolean;
  /** Workers are just being started again: the room that they left is theirs. */
  isRelaunching: () => boolean;
}

interface Waiting {
  launch: number;
  /** Why it is to be started. */
  reason: string;
  refusal: AdmissionRefusal;
}

export class WaitingWorkers {
  readonly #parts: Parts;
  readonly #waiting = new Map<Worker, Waiting>();
  #triedAt = -Infinity;
  #trying = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Returns whether it is the first that waits. */
  hold(worker: Worker, reason: string, refusal: AdmissionRefusal): boolean {
    const isFirst = this.#waiting.size === 0;
    this.#waiting.set(worker, { launch: worker.launch, reason, refusal });
    this.#decide(worker, true);
    this.#show();
    return isFirst;
  }

  has(worker: Worker): boolean {
    return this.#waiting.has(worker);
  }

  /** Returns whether it waited. One that never lived goes, so that no later supervisor starts it. */
  giveUp(worker: Worker): boolean {
    if (!this.#waiting.delete(worker)) return false;
    if (worker.launch === 0) this.#parts.roster.remove(worker);
    else this.#decide(worker, false);
    this.#show();
    return true;
  }

  /** So that a successor holds it too, or no more. It knows by itself of one that was never launched. */
  #decide(worker: Worker, relaunch: boolean): void {
    const { id, launch, state, reason } = worker;
    if (launch === 0) return;
    worker.ending = undefined;
    const to = state === 'FAILED' ? state : 'DEAD';
    const ending = { to, reason, outcome: 'aborted', relaunch, forced: false } as const;
    this.#parts.store.append({ type: 'worker.ending', worker: id, launch, ending });
  }

  /** A worker has ended: the next tick tries. */
  roomMade(): void {
    this.#triedAt = -Infinity;
  }

  /** Called every second. */
  tick(): void {
    if (this.#waiting.size === 0 || this.#trying) return;
    const { clock } = this.#parts;
    this.#drop();
    if (this.#waiting.size === 0 || clock.monotonic() - this.#triedAt < RETRY) return;
    this.#trying = true;
    this.#triedAt = clock.monotonic();
    this.#try()
      .catch((error: unknown) => this.#parts.log.error('Workers that wait could not be started.', error))
      .finally(() => (this.#trying = false));
  }

  /** Those that were started, removed or given up otherwise. */
  #drop(): void {
    const before = this.#waiting.size;
    for (const [worker, { launch }] of this.#waiting) {
      const isThere = this.#parts.roster.get(worker.id) === worker && worker.launch === launch;
      const hasEnded = isThere && !isLive(worker.state);
      if (hasEnded && this.#parts.wanted()) continue;
      this.#waiting.delete(worker);
      if (hasEnded) this.#decide(worker, false);
    }
    if (this.#waiting.size < before) this.#show();
  }

  async #try(): Promise<void> {
    const { admission, launcher, pools, writable, isRelaunching } = this.#parts;
    await admission.refresh();
    this.#drop();
    if (!writable()) return;
    if (isRelaunching()) return this.roomMade();
    for (const [worker, waiting] of this.#waiting) {
      const pool: PoolSettings | undefined = pools.settings(worker.pool);
      const refusal = pool && admission.judge(worker, pool).refusal;
      if (refusal) waiting.refusal = worker.refusal = refusal;
      if (!pool || refusal) continue;
      this.#waiting.delete(worker);
      void launcher.launch(worker, pool, `${waiting.reason}; now there is room for it`);
    }
    this.#show();
  }

  #show(): void {
    const { troubles } = this.#parts;
    const [first] = this.#waiting;
    if (!first) return troubles.end('room');
    const [{ id }, { refusal }] = first;
    const count = this.#waiting.size;
    const who = count === 1 ? `${id} waits` : `${quantity(count, 'worker')} wait`;
    const which = count === 1 ? 'it' : id;
    const message = `${who} for room: ${which} ${refusal.reasons.join('; ')}.`;
    const start = `${count === 1 ? 'It is' : 'They are'} started when there is room. `;
    const inVain = `${count === 1 ? 'It' : id} needs more than this machine has. `;
    const nextStep = `${refusal.never ? inVain : start}${refusal.nextStep}`;
    troubles.begin({ kind: 'room', message, nextStep });
  }
}
