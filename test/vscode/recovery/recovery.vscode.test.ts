/** What the user of VS Code sees when something fails: kills, a full disk, upgrades, a reboot, another machine. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { unavailable } from '../../small-disk.ts';
import type { Workbench } from '../workbench/driver/workbench.ts';
import { showsAFullDisk } from './full-disk.ts';
import { comesBackAfterEveryKill } from './kills.ts';
import { beginsToTakeOver, hasTakenOver } from './other-machine.ts';
import { startsAgainAfterAReboot } from './reboot.ts';
import { RecoveryScene } from './recovery-scene.ts';
import { takesOverAndGivesWay } from './versions.ts';

let scene: RecoveryScene;
before(async () => {
  scene = await RecoveryScene.begin();
});
after(() => scene?.[Symbol.asyncDispose]());

/** Its windows are closed at its end; where it failed there is a picture of them. */
function step(name: string, action: () => Promise<void>, skip: string | false = false): void {
  it(name, { skip }, async () => {
    try {
      await action();
    } catch (error) {
      await scene.picture(`failed-${name.replace(/\W+/g, '-')}`);
      throw error;
    } finally {
      await scene.closeWindows();
    }
  });
}

describe('a window in VS Code', () => {
  let taking: Workbench | undefined;

  step('names the other machine that has the crew, and takes over only after a question', async () => {
    taking = await beginsToTakeOver(scene);
  });
  step('comes back with the crew after every kill, and says once what it cost', () =>
    comesBackAfterEveryKill(scene),
  );
  step('shows a full disk with the figure for as long as it lasts', () => showsAFullDisk(scene), unavailable);
  step('takes over from an older version, gives way to a newer one, and leaves its files alone', () =>
    takesOverAndGivesWay(scene),
  );
  step('starts the crew again after a reboot, and says so', () => startsAgainAfterAReboot(scene));
  step('has taken over when the other machine gave no sign of life', async () => {
    assert.ok(taking);
    await hasTakenOver(taking);
  });
});
