/** The end of a round: the queue is worked off, and the crew is sent home as a user would. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ControlClient } from '../../src/control/client-contract.ts';
import { connectOrStart } from '../../src/control/connect.ts';
import { distribution } from '../supervisor/temporary-crew.ts';
import { waitFor } from '../wait-for.ts';
import { archiveJournal } from './journal-archive.ts';
import type { ChaosFolder } from './chaos-folder.ts';
import { crewProcesses } from './crew-processes.ts';

/** Far longer than it can take: hanging jobs are timed out after seconds. */
const PATIENCE_SECONDS = 300;

export async function workOff(folder: ChaosFolder): Promise<void> {
  let seen = '';
  let lastError = '';
  await waitFor(
    'the queue to be worked off',
    async () => {
      try {
        const client = await connectOrStart({ workspace: folder.workspace, client: 'chaos', distribution });
        try {
          seen = await raise(client);
        } finally {
          client.close();
        }
      } catch (error) {
        lastError = String(error);
      }
      archiveJournal(folder);
      await delay(300);
      return seen === '';
    },
    { seconds: PATIENCE_SECONDS, seen: () => `${seen}\n${lastError}` },
  );
}

/** Brings back every worker that failed, was told to rest or stands still; says what is unfinished. */
async function raise(client: ControlClient): Promise<string> {
  await client.request('up', {});
  await client.request('freeze', { select: { all: true }, frozen: false });
  await client.request('pause', { select: { all: true }, paused: false });
  const { pools, workers } = await client.request('status', {});
  if (pools.every(({ counts }) => counts.pending + counts.running === 0)) return '';
  const queues = pools.map(({ name, counts }) => `${name} ${JSON.stringify(counts)}`);
  const crew = workers.map(({ id, state, reason, job }) => `${id} ${state} (${reason}) ${job?.id ?? ''}`);
  return [...queues, ...crew].join('\n');
}

export async function sendHome(folder: ChaosFolder): Promise<void> {
  const client = await connectOrStart({ workspace: folder.workspace, client: 'chaos', distribution });
  const closed = new Promise<void>((resolve) => client.onClose(resolve));
  folder.trace('ask', { id: 0, do: 'down' });
  const { ended } = await client.request('down', { mode: 'drain' });
  if (!ended) throw new Error('`down` was answered, but the crew goes on.');
  await closed;
  archiveJournal(folder);
  await waitFor(
    'supervisor and keeper to be gone',
    () => crewProcesses(folder.marker).every(({ role }) => role !== 'supervisor' && role !== 'keeper'),
    { seconds: 60 },
  );
}
