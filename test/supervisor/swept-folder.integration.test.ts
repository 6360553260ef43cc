/** Folders are taken away under a crew that works: by a logout, by a cleaner of temporary files, by a hand. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { describe, it } from 'node:test';
import { isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { waitFor } from '../wait-for.ts';
import { TemporaryCrew } from './temporary-crew.ts';

const crewFile = `
pools:
  p: { run: 'sleep {seconds}', workers: 2 }
`;

describe('the runtime folder is swept away', () => {
  it('the crew is found again, and its workers outlive another supervisor', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    await client.request('up', {});
    await client.request('enqueue', { pool: 'p', source: { matrix: { seconds: [600, 601] } } });
    const before = await crew.until(client, 'both to work', ({ workers }) => workers.every(({ job }) => job));
    const [supervisor, keeper] = [await crew.supervisor(), await crew.keeper()];
    assert.ok(supervisor && keeper);

    rmSync(crew.runtime, { recursive: true });
    await waitFor('the keeper to be found again', async () => (await crew.keeper())?.pid === keeper.pid);
    const again = await crew.connect();
    assert.equal(again.server.pid, supervisor.pid);

    await signalProcess(supervisor, 'SIGKILL');
    await waitFor('another supervisor', async () => {
      const lease = await crew.supervisor();
      return lease !== undefined && lease.pid !== supervisor.pid && (await isAlive(lease));
    });
    const after = await (await crew.connect()).request('status', {});
    const processes = (workers: typeof after.workers): unknown[] =>
      workers.map(({ pid, job }) => [pid, job?.id]);
    assert.deepEqual(processes(after.workers), processes(before.workers));
    assert.equal((await crew.keeper())?.pid, keeper.pid);
  });
});
