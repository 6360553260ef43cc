/** A keeper that dies at its start is no fault of the workers that wait for it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KeeperError } from '../../src/keeper/contract.ts';
import { Changes } from '../../src/supervisor/changes.ts';
import { KeeperLink } from '../../src/supervisor/keeper-link.ts';
import { Launcher } from '../../src/supervisor/launcher.ts';
import { ManualClock } from '../manual-clock.ts';
import { POOL, SmallCrew } from './small-crew.ts';

function launcherWithout(keeperError: KeeperError): { crew: SmallCrew; launcher: Launcher } {
  const clock = new ManualClock();
  const crew = new SmallCrew(clock);
  const quiet = (): void => undefined;
  const keeper = new KeeperLink(
    { open: () => Promise.reject(keeperError), takeOver: async () => undefined },
    { onMessage: quiet, onExit: quiet, onStray: quiet, onDisconnected: quiet },
  );
  const launcher = new Launcher({
    store: crew.store,
    roster: crew.roster,
    changes: new Changes(),
    admission: { judge: () => ({ refusal: undefined, devices: [] }) },
    pools: { settings: () => POOL } as never,
    keeper,
    clock,
    log: { info: quiet, warn: quiet, error: quiet },
    workspace: '/workspace',
    logFolder: () => '/workspace/logs',
    distribution: '/distribution',
    tokenSecret: () => 'secret',
    failed: quiet,
  });
  return { crew, launcher };
}

describe('a launch for which no keeper is there', () => {
  for (const code of ['EPIPE', 'ENOENT', 'ECONNREFUSED', 'ETIMEDOUT', 'ECONNRESET']) {
    it(`stays STARTING after ${code}, for the next keeper to complete`, async () => {
      const { crew, launcher } = launcherWithout(new KeeperError(code, 'the keeper ended at its start'));
      const worker = crew.roster.add('p', {});
      await launcher.launch(worker, POOL, 'started');
      assert.deepEqual([worker.state, worker.lastError], ['STARTING', undefined]);
      assert.equal(launcher.isUnderWay(worker), false);
    });
  }
});
