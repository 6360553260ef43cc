/** Asks workers that have nothing left to do to end by themselves: by `shutdown`, then `exit`, then the end of their stdin. */
import { graceOf } from '../core/pool.ts';
import { Method } from '../protocol/generated/messages.ts';
import type { KeeperLink } from './keeper-link.ts';
import type { PoolRegister } from './pool-register.ts';
import type { Worker } from './worker.ts';
import type { WorkerMessages } from './worker-messages.ts';

interface Parts {
  messages: Pick<WorkerMessages, 'ask' | 'notify'>;
  keeper: Pick<KeeperLink, 'client'>;
  pools: Pick<PoolRegister, 'settings'>;
}

export class Shutdown {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async ask(worker: Worker): Promise<void> {
    const { messages, keeper, pools } = this.#parts;
    const { launch } = worker;
    const isStillTo = (): boolean => worker.launch === launch && worker.ending !== undefined;
    this.letGoOn(worker);
    await messages.ask(worker, Method.shutdown, graceOf(pools.settings(worker.pool)));
    if (!isStillTo()) return;
    messages.notify(worker, Method.exit);
    // Behind the frame in the same channel: a worker that knows no `exit` ends with its stdin.
    setImmediate(() => {
      if (isStillTo() && worker.handle !== undefined)
        keeper.client?.closeInput(worker.handle).catch(() => undefined);
    });
  }

  /**
   * A stopped process (Ctrl-Z, `kill -STOP`, a debugger) hears nothing, and its grace would pass in vain: it is let go on,
   * so that it ends by itself. Behind what it is asked, as systemd sends SIGCONT behind its SIGTERM.
   */
  letGoOn(worker: Worker): void {
    setImmediate(() => {
      if (worker.ending && worker.handle !== undefined)
        // Where there is no such signal nobody can be stopped by one.
        this.#parts.keeper.client?.signal(worker.handle, 'SIGCONT').catch(() => undefined);
    });
  }
}
