/**
 * Taking over what a keeper holds: at the start of a supervisor, and each time that a keeper died and another one was
 * started. The keeper's death is the death of its workers' pipes, so with a new keeper all workers are lost.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Notice } from '../control/api.ts';
import type { StartAccount, StartCause } from '../control/crew-state.ts';
import type { Clock } from '../core/clock.ts';
import type { ProcessIdentity } from '../core/worker.ts';
import type { KeeperClient } from '../keeper/contract.ts';
import { identifyProcess, isAlive } from '../keeper/process-identity.ts';
import { adoptWorkers, sweep, type Adoption, type AdoptionParts } from './adopt.ts';
import { endDoubtful } from './doubtful.ts';
import type { KeeperLink } from './keeper-link.ts';
import { KeeperLosses } from './keeper-losses.ts';
import type { Troubles } from './troubles.ts';
import { quantity } from '../core/quantity.ts';

/** Between tries to start a keeper when that fails; milliseconds. */
const KEEPER_RETRY = 1_000;

interface Parts extends AdoptionParts {
  keeper: KeeperLink;
  clock: Clock;
  cause: StartCause;
  notice: (notice: Notice) => void;
  troubles: Troubles;
  /** Whether workers are to be started again. */
  want: (wanted: boolean) => void;
  /** The supervisor is leaving; nothing is taken over any more. */
  isEnding: () => boolean;
}

export class Takeover {
  readonly #parts: Parts;
  /** How this supervisor's life began; complete when the first keeper has been taken over. */
  account: StartAccount;
  /** No keeper has been taken over yet. */
  isFirst = true;
  #isFailing = false;
  readonly #losses = new KeeperLosses();
  #sweeping: Promise<void> = Promise.resolve();
  /** Of the keeper that was taken over last. */
  #keeperProcess: Promise<ProcessIdentity | undefined> = Promise.resolve(undefined);

  constructor(parts: Parts) {
    this.#parts = parts;
    this.account = { cause: parts.cause, adopted: 0, lost: 0, requeued: 0 };
  }

  /** Somebody wants the crew to work, whatever has happened. */
  tryAgain(): void {
    this.#losses.forget();
    this.#parts.troubles.end('keeper');
  }

  /** Before the first keeper is taken over. */
  endDoubtful(): Promise<void> {
    return endDoubtful(this.#parts);
  }

  async takeOver(keeper: KeeperClient): Promise<void> {
    const before = this.#keeperProcess;
    // Not awaited first: what the keeper has to tell comes in the next turn, and must find the workers.
    this.#keeperProcess = identifyProcess(keeper.pid);
    const adoption = await adoptWorkers(keeper, this.#parts);
    const isAnother = !isDeepStrictEqual(await before, await this.#keeperProcess);
    const { adopted, lost, requeued } = adoption;
    this.#parts.log.info(
      `Keeper ${keeper.pid}: ${quantity(adopted, 'worker')} taken back, ${lost} lost; ${quantity(requeued, 'job')} went back to the queue.`,
    );
    if (this.isFirst) this.account = { ...this.account, ...adoption };
    else if (isAnother) this.#parts.notice({ severity: 'error', message: keeperLostMessage(adoption) });
    this.isFirst = false;
  }

  /**
   * Resolves when no sweep is under way that takes every worker for a left-over. No keeper is opened before: a worker that
   * it started would be swept up as well.
   */
  async swept(): Promise<void> {
    await this.#sweeping.catch(() => undefined);
  }

  /**
   * The connection to the keeper is gone. If the keeper is, what is left of its workers is ended, and another one is
   * started. One that lives has them still: it hangs up on its own errors, to be connected to anew.
   */
  async replaceKeeper(): Promise<void> {
    const { roster, keeper, log, clock } = this.#parts;
    log.error('The connection to the keeper is gone.');
    // Handles are a keeper's own; the next one counts anew.
    for (const worker of roster.live) roster.hold(worker, undefined);
    try {
      this.#sweeping = this.#sweepAfterKeeper();
      await this.#sweeping;
      await keeper.ensure();
      this.#isFailing = false;
    } catch (error) {
      log.error('No keeper can be started; trying again.', error);
      if (!this.#isFailing) this.#tellFailure(error as Error);
      this.#isFailing = true;
      clock.after(KEEPER_RETRY, () => {
        if (!this.#parts.isEnding() && !keeper.client) void this.replaceKeeper();
      });
    }
  }

  /** One that is just ending may still look alive; then the sweep comes with its successor. */
  async #sweepAfterKeeper(): Promise<void> {
    const process = await this.#keeperProcess;
    if (process && (await isAlive(process))) return;
    this.#stopBeingKilled();
    await sweep(this.#parts.roster.live, undefined, this.#parts);
  }

  /** Workers are not started again for a job that ends all of them each time. */
  #stopBeingKilled(): void {
    const { roster, notice, troubles, want } = this.#parts;
    const suspects = this.#losses.note(roster.live.flatMap(({ current }) => (current ? [current.job] : [])));
    if (suspects.length === 0) return;
    want(false);
    const named = `${suspects.length === 1 ? 'job' : 'jobs'} ${suspects.slice(0, 5).join(', ')}${suspects.length > 5 ? ', …' : ''}`;
    const message = `The keeper process was ended several times in a row while ${named} ran. The workers are not started again.`;
    const nextStep = `One of these jobs may end it: by a signal, or by using up the machine's memory. Look at it (\`nightcrew job ${suspects[0]}\`), cancel it or set \`memory\` and \`workers\` lower, then \`nightcrew up\`.`;
    troubles.begin({ kind: 'keeper', message, nextStep });
    notice({ severity: 'error', message, nextStep });
  }

  #tellFailure(error: Error): void {
    this.#parts.notice({
      severity: 'error',
      message: `The keeper process ended, and another one cannot be started: ${error.message}`,
      nextStep: 'It is tried every second. Look whether the machine is out of memory or of processes.',
    });
  }
}

function keeperLostMessage({ lost, requeued }: Adoption): string {
  const workers = lost === 1 ? 'its worker was' : `its ${lost} workers were`;
  const jobs = quantity(requeued, 'job');
  return lost === 0
    ? 'The keeper process ended and was started again; it had no workers.'
    : `The keeper process ended and was started again; ${workers} ended with it, and ${jobs} went back to the queue.`;
}
