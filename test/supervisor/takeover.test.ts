/** A lost connection is not a dead keeper: one that lives has its workers still, and they are not touched. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { systemClock } from '../../src/core/clock.ts';
import { LAUNCH_MARKER_VARIABLE, WORKER_ID_VARIABLE, type KeeperClient } from '../../src/keeper/contract.ts';
import { launchMarker } from '../../src/keeper/launch-marker.ts';
import { identifyProcess, isAlive } from '../../src/keeper/process-identity.ts';
import { Takeover } from '../../src/supervisor/takeover.ts';
import { SmallCrew } from './small-crew.ts';

/** A workspace that nobody else has. */
const workspace = join(tmpdir(), randomUUID());

async function sleeper(env: NodeJS.ProcessEnv = {}): Promise<ChildProcess & { pid: number }> {
  const child = spawn('sleep', ['3600'], {
    stdio: 'ignore',
    detached: true,
    env: { ...process.env, ...env },
  });
  await once(child, 'spawn');
  return child as ChildProcess & { pid: number };
}

function makeTakeover(): { takeover: Takeover; opened: () => number } {
  const crew = new SmallCrew(systemClock);
  let opened = 0;
  const keeper = { client: undefined, ensure: async () => void opened++ };
  const quiet = (): void => undefined;
  const takeover = new Takeover({
    ...crew,
    keeper,
    workspace,
    cause: 'stopped',
    log: { info: quiet, warn: quiet, error: quiet },
    notice: quiet,
    wanted: () => true,
    isEnding: () => false,
  } as unknown as ConstructorParameters<typeof Takeover>[0]);
  return { takeover, opened: () => opened };
}

describe('a keeper whose connection is lost', { skip: process.platform === 'win32' && 'uses sleep' }, () => {
  for (const lives of [true, false]) {
    it(
      lives ? 'and that lives: its workers go on' : 'and that is dead: what is left of them is ended',
      async () => {
        const { takeover, opened } = makeTakeover();
        const keeper = await sleeper();
        await takeover.takeOver({ pid: keeper.pid, kept: [] as const } as unknown as KeeperClient);
        const worker = await sleeper({
          [WORKER_ID_VARIABLE]: 'p-1',
          [LAUNCH_MARKER_VARIABLE]: launchMarker(workspace, 'p-1', 1),
        });
        try {
          const identity = (await identifyProcess(worker.pid))!;
          if (!lives) {
            const ended = once(keeper, 'exit');
            keeper.kill('SIGKILL');
            await ended;
          }
          await takeover.replaceKeeper();
          assert.equal(await isAlive(identity), lives);
          assert.equal(opened(), 1);
        } finally {
          keeper.kill('SIGKILL');
          worker.kill('SIGKILL');
        }
      },
    );
  }
});
