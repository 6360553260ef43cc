/** Folders are taken away under a crew that works: by a logout, by a cleaner of temporary files, by a hand. */
import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { CrewState } from '../../src/control/crew-state.ts';
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
    assert.deepEqual(processesOf(after), processesOf(before));
    assert.equal((await crew.keeper())?.pid, keeper.pid);
  });
});

/** At one stroke: what is put back while a folder is emptied would stay in its way. */
function removeAtOnce(state: string, name = ''): void {
  const aside = `${state}-removed${name}`;
  renameSync(join(state, name), aside);
  rmSync(aside, { recursive: true });
}

describe('the state folder is taken away', () => {
  const removals: Record<string, (state: string) => void> = {
    'removed as a whole': (state) => removeAtOnce(state),
    'removed but for its tickets': (state) => {
      for (const name of readdirSync(state)) if (name !== 'turn') removeAtOnce(state, name);
    },
    'replaced file by file, as programs do that copy folders': (state) => {
      const journal = join(state, 'journal');
      for (const name of readdirSync(journal)) {
        copyFileSync(join(journal, name), join(state, 'copy'));
        renameSync(join(state, 'copy'), join(journal, name));
      }
    },
  };
  for (const [how, remove] of Object.entries(removals)) {
    it(`${how}: what is acknowledged afterwards, and before, is there after a crash`, async () => {
      await using crew = TemporaryCrew.make(crewFile);
      const client = await crew.connect();
      await client.request('up', {});
      await client.request('enqueue', { pool: 'p', source: { matrix: { seconds: [600, 601, 602] } } });
      const before = await crew.until(client, 'both to work', ({ workers }) =>
        workers.every(({ job }) => job),
      );
      const supervisor = await crew.supervisor();
      assert.ok(supervisor);
      const notices: string[] = [];
      client.on('notice', ({ message }) => notices.push(message));

      remove(join(crew.workspace, '.nightcrew'));
      await client.request('enqueue', { pool: 'p', source: { parameters: { seconds: 603 } } });
      await waitFor('people to be told', () => notices.some((text) => text.includes('.nightcrew')));

      await signalProcess(supervisor, 'SIGKILL');
      await waitFor('it to be gone', async () => !(await isAlive(supervisor)));
      const after = await (await crew.connect()).request('status', {});
      assert.deepEqual(processesOf(after), processesOf(before));
      assert.deepEqual(
        after.pools.map(({ counts }) => [counts.pending, counts.running]),
        [[2, 2]],
      );
    });
  }
});

function processesOf({ workers }: CrewState): unknown[] {
  return workers.map(({ pid, job }) => [pid, job?.id]);
}
