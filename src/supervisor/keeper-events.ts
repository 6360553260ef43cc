/** Where the keeper's news go. */
import type { KeeperEvents } from '../keeper/contract.ts';
import type { Endings } from './endings.ts';
import type { Log } from './log.ts';
import type { Roster } from './roster.ts';
import type { WorkerMessages } from './worker-messages.ts';

interface Listeners {
  messages: WorkerMessages;
  roster: Roster;
  endings: Endings;
  log: Log;
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
    onStray: (handle, { bytes, reason }) => {
      const parts = listeners();
      const worker = parts?.roster.byHandle(handle);
      if (!worker) return;
      parts?.log.warn(
        `${worker.id} wrote ${bytes} bytes to stdout that are no message (${reason}); they are in its log.`,
      );
    },
    onDisconnected,
  };
}
