/** A workspace folder that is copied, or moved, under a crew that works: with the records of its processes. */
import assert from 'node:assert/strict';
import { cpSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import type { ControlClient } from '../../src/control/client-contract.ts';
import { connectOrStart } from '../../src/control/connect.ts';
import { isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { markedProcesses } from '../../src/keeper/process-tree.ts';
import { waitFor } from '../wait-for.ts';
import { distribution, TemporaryCrew } from './temporary-crew.ts';

const crewFile = `
pools:
  p: { run: 'sleep {seconds}', workers: 2 }
`;

describe('a workspace that holds the records of living processes of another', () => {
  it('is a copy: the workers of the original are left alone', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const pids = await startWorking(crew);
    const copy = join(dirname(crew.workspace), 'copy');
    cpSync(crew.workspace, copy, { recursive: true });
    await endSupervisor(crew);

    const client = await connectTo(copy, crew.runtime);
    try {
      await waitFor('the copy to work', async () => {
        const { workers } = await client.request('status', {});
        return workers.length === 2 && workers.every(({ job, pid }) => job && !pids.includes(pid));
      });
      const original = await (await crew.connect()).request('status', {});
      assert.deepEqual(
        original.workers.map(({ pid, job }) => [pid, job?.attempt]),
        pids.map((pid) => [pid, 1]),
      );
    } finally {
      await endCrew(client);
    }
  });

  it('was moved: its workers are ended before their jobs are run anew', async () => {
    const crew = TemporaryCrew.make(crewFile);
    const pids = await startWorking(crew);
    const [supervisor, keeper] = [await crew.supervisor(), await crew.keeper()];
    assert.ok(supervisor && keeper);
    const moved = join(dirname(crew.workspace), 'moved');
    renameSync(crew.workspace, moved);
    await waitFor('its supervisor to give up', async () => !(await isAlive(supervisor)));

    const client = await connectTo(moved, crew.runtime);
    try {
      await waitFor('the jobs to be run again', async () => {
        const { workers } = await client.request('status', {});
        return workers.length === 2 && workers.every(({ job }) => job?.attempt === 2);
      });
      const living = (await markedProcesses()).map(({ identity }) => identity.pid);
      assert.deepEqual(
        pids.filter((pid) => living.includes(pid!)),
        [],
      );
    } finally {
      await endCrew(client);
      // It waits a minute for somebody who would want it.
      await signalProcess(keeper, 'SIGKILL');
      renameSync(moved, crew.workspace);
      await crew[Symbol.asyncDispose]();
    }
  });
});

async function startWorking(crew: TemporaryCrew): Promise<(number | undefined)[]> {
  const client = await crew.connect();
  await client.request('up', {});
  await client.request('enqueue', { pool: 'p', source: { matrix: { seconds: [600, 601] } } });
  const { workers } = await crew.until(client, 'both to work', ({ workers }) =>
    workers.every(({ job }) => job),
  );
  return workers.map(({ pid }) => pid);
}

async function endSupervisor(crew: TemporaryCrew): Promise<void> {
  const supervisor = await crew.supervisor();
  assert.ok(supervisor);
  await signalProcess(supervisor, 'SIGKILL');
  await waitFor('another supervisor', async () => {
    const lease = await crew.supervisor();
    return lease !== undefined && lease.pid !== supervisor.pid && (await isAlive(lease));
  });
}

function connectTo(workspace: string, runtime: string): Promise<ControlClient> {
  const environment = { ...process.env, NIGHTCREW_RUNTIME_DIR: runtime };
  return connectOrStart({ workspace, client: 'test', distribution, environment });
}

async function endCrew(client: ControlClient): Promise<void> {
  const closed = new Promise<void>((resolve) => client.onClose(resolve));
  await client.request('down', { mode: 'abort' });
  await closed;
}
