/** One workspace, two environments that name different runtime folders, and a supervisor that is gone. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { ControlError } from '../../src/control/control-error.ts';
import { connectOrStart } from '../../src/control/connect.ts';
import { signalProcess } from '../../src/keeper/process-identity.ts';
import { distribution, TemporaryCrew } from './temporary-crew.ts';

it('workers are not taken for left-overs by who looks for their keeper in another runtime folder', async () => {
  await using crew = TemporaryCrew.make('pools: { tag: { command: python3 tasks.py, workers: 2 } }');
  const client = await crew.connect();
  await client.request('up', {});
  const before = await crew.until(client, 'both workers', ({ workers }) =>
    workers.every(({ state }) => state === 'RUNNING'),
  );
  const keeper = (await crew.keeper())!;
  // As it is between two tries to bring up a supervisor.
  await signalProcess(keeper, 'SIGSTOP');
  try {
    await signalProcess((await crew.supervisor())!, 'SIGKILL');
    const environment = { ...process.env, NIGHTCREW_RUNTIME_DIR: join(crew.runtime, 'another') };
    await assert.rejects(
      connectOrStart({ workspace: crew.workspace, client: 'test', distribution, environment }),
      (error) => {
        assert.ok(error instanceof ControlError, String(error));
        assert.match(error.message, new RegExp(`held by a keeper \\(process ${keeper.pid}\\)`));
        assert.match(error.nextStep ?? '', /NIGHTCREW_RUNTIME_DIR/);
        return true;
      },
    );
  } finally {
    await signalProcess(keeper, 'SIGCONT');
  }
  const after = await crew.until(await crew.connect(), 'both workers again', ({ workers }) =>
    workers.every(({ state }) => state === 'RUNNING'),
  );
  assert.deepEqual(
    after.workers.map(({ pid, launch }) => [pid, launch]),
    before.workers.map(({ pid, launch }) => [pid, launch]),
  );
});
