/** A crew file with a sweep of 600 jobs that is not running, for `nightcrew run` to be tried on. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { BatchRow } from '../../src/core/job-records.ts';
import type { WorkerView } from '../../src/control/crew-state.ts';
import { scriptedBatch, scriptedCrew, scriptedWorker } from '../extension/scripted-crew.ts';
import { FakeClient, type Answers } from '../fake-client.ts';
import { waitFor } from '../wait-for.ts';
import { FakeHost } from './fake-host.ts';
import { temporaryWorkspace } from './temporary-workspace.ts';

const CREW_FILE = `
pools:
  simulate: { command: python3 simulate.py, workers: 2 }
batches:
  sweep: { pool: simulate, matrix: { seed: 1..600 } }
`;

export function sweep(pending: number, running: number, failed = 0): BatchRow {
  const done = 600 - pending - running - failed;
  return scriptedBatch({ counts: { pending, running, done, failed, cancelled: 0 } });
}

export function worker(change: Partial<WorkerView> = {}): WorkerView {
  return scriptedWorker({ logFile: join('/nowhere', 'worker_simulate-1.log'), ...change });
}

/** A crew that is not running, and a supervisor that starts one worker for it. */
export function scene(test: TestContext, answers: Answers = {}): { host: FakeHost; client: FakeClient } {
  const client = new FakeClient(
    scriptedCrew({ pools: [], workers: [], batches: [], recent: [], wanted: false }),
  );
  client.answers = {
    enqueueBatches: () => {
      client.change({ batches: [sweep(600, 0)] });
      return {
        enqueued: [{ batch: 1, name: 'sweep', pool: 'simulate', count: 600, firstJob: 1 }],
        skipped: [],
      };
    },
    up: () => {
      client.change({ workers: [worker({ state: 'STARTING' })], wanted: true });
      return { started: [{ worker: 'simulate-1', ok: true, message: 'started' }], kept: [] };
    },
    exportResults: ({ batch }) => ({
      file: join(host.folder, '.nightcrew', 'results', `${batch}.csv`),
      rows: 600,
    }),
    drain: () => ({ outcomes: [] }),
    abort: () => ({ outcomes: [] }),
    down: () => {
      host.alive = undefined;
      client.vanish();
      return { outcomes: [], ended: true };
    },
    ...answers,
  };
  const host = new FakeHost(temporaryWorkspace(test, { 'nightcrew.yaml': CREW_FILE }));
  host.startable = client;
  return { host, client };
}

/** The run is watching: from here on changes of the crew reach it. */
export async function isWatching(host: FakeHost): Promise<void> {
  await waitFor('the run to watch', () => host.handles('SIGTERM'));
}
