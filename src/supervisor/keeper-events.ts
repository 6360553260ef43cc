/** Where the keeper's news go. */
import type { KeeperEvents } from '../keeper/contract.ts';
import type { Endings } from './endings.ts';
import type { Roster } from './roster.ts';
import type { WorkerMessages } from './worker-messages.ts';

interface Listeners {
  messages: WorkerMessages;
  roster: Roster;
  endings: Endings;
}

/** `listeners` are undefined while nobody is to hear anything: what is not acknowledged is told to the successor. */
export function keeperEvents(
  listeners: () => Listeners | undefined,
  onDisconnected: KeeperEvents['onDisconnected'],
): KeeperEvents {
  return {
    onMessage: (handle, sequence, body) => listeners()?.messages.receive(handle, sequence, body),
    onExit: (handle, exit) => {
      const parts = listeners();
      const worker = parts?.roster.byHandle(handle);
      if (worker) parts?.endings.exited(worker, exit);
    },
    onInputClosed: (handle, { deliveredFrame }) => {
      const parts = listeners();
      const worker = parts?.roster.byHandle(handle);
      if (worker) parts?.endings.deaf(worker, deliveredFrame);
    },
    onStray: (handle, detail) => listeners()?.messages.stray(handle, detail),
    onDisconnected,
  };
}
