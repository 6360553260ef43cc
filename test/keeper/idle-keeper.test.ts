import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { connectKeeper } from '../../src/keeper/client.ts';
import { keeperSocket, writeKeeperRecord } from '../../src/keeper/keeper-record.ts';
import { IDLE_MILLISECONDS, IDLE_WITH_RESULTS_MILLISECONDS, Keeper } from '../../src/keeper/keeper.ts';
import { identifyProcess } from '../../src/keeper/process-identity.ts';
import { WIRE_VERSION } from '../../src/keeper/wire.ts';
import { ManualClock } from '../manual-clock.ts';
import { waitFor } from '../wait-for.ts';
import { Seen } from './temporary-keeper.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A keeper within this process, whose time stands still. */
async function keeperInProcess() {
  const clock = new ManualClock();
  const folder = await temporaryFolder();
  const socket = keeperSocket(folder);
  const identity = (await identifyProcess(process.pid))!;
  await writeKeeperRecord(folder, { identity, socket, token: 't', version: WIRE_VERSION, workspace: folder });
  const log: string[] = [];
  let isEnded = false;
  const keeper = new Keeper({
    token: 't',
    restart: { executable: 'true', arguments: [], env: {} },
    clock,
    workspaceIsThere: () => true,
    log: (line) => log.push(line),
    onEnd: () => {
      isEnded = true;
      server.close();
    },
  });
  const server = createServer((connection) => keeper.accept(connection)).listen(socket);
  await once(server, 'listening');
  const seen = new Seen();
  const connect = () =>
    connectKeeper({ runtimeFolder: folder, serverId: 's', identity, events: seen.events });
  const left = () => waitFor('the keeper to notice', () => log.at(-1) === 'the supervisor has left');
  return { clock, folder, keeper, connect, seen, left, ended: () => isEnded };
}

describe('a keeper that nobody needs', () => {
  it('waits a minute for a supervisor', async () => {
    const { clock, ended } = await keeperInProcess();
    clock.advance(IDLE_MILLISECONDS - 1);
    assert.equal(ended(), false);
    clock.advance(1);
    await waitFor('its end', ended);
  });

  it('stays while a supervisor is connected, and while a worker lives', async () => {
    const { clock, connect, folder, left, keeper, ended } = await keeperInProcess();
    const client = await connect();
    clock.advance(10 * IDLE_MILLISECONDS);
    await client.spawn({
      worker: 'a-1',
      launch: 1,
      command: ['sleep', '600'],
      cwd: folder,
      env: { PATH: process.env['PATH']! },
      logFile: `${folder}/worker_a-1.log`,
    });
    await client.close('detach');
    await left();
    clock.advance(10 * IDLE_WITH_RESULTS_MILLISECONDS);
    assert.equal(keeper.livingWorkers, 1);
    assert.equal(ended(), false);
    const end = keeper.end();
    // The clock stands still, but the hunt for the tree waits between two looks.
    const turning = setInterval(() => clock.advance(10), 1);
    await end;
    clearInterval(turning);
    await waitFor('its end', ended);
  });

  it('keeps for a day what no supervisor has taken', async () => {
    const { clock, connect, folder, seen, left, keeper, ended } = await keeperInProcess();
    const client = await connect();
    const { handle } = await client.spawn({
      worker: 'a-1',
      launch: 1,
      command: ['sh', '-c', 'printf "Content-Length: 2\\r\\n\\r\\n{}"'],
      cwd: folder,
      env: { PATH: process.env['PATH']! },
      logFile: `${folder}/worker_a-1.log`,
    });
    await seen.untilExit(handle);
    await client.close('detach');
    await left();
    clock.advance(IDLE_WITH_RESULTS_MILLISECONDS - 1);
    assert.equal(ended(), false);
    assert.equal((await connect()).kept.length, 1);
    clock.advance(IDLE_WITH_RESULTS_MILLISECONDS);
    assert.equal(ended(), false);
    await keeper.end();
    await waitFor('its end', ended);
  });
});
