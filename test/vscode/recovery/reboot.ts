/** A crew whose machine was restarted. */
import assert from 'node:assert/strict';
import { recordedInOtherBoot } from '../../supervisor/recorded-state.ts';
import { switchOff } from './recovering-crew.ts';
import type { RecoveryScene } from './recovery-scene.ts';
import { showsCrewAtWork, told } from './what-windows-show.ts';

export async function startsAgainAfterAReboot(scene: RecoveryScene): Promise<void> {
  const crew = scene.makeCrew();
  const workers = await switchOff(crew);
  recordedInOtherBoot(crew, workers[0]!.bootId);
  const window = await scene.openOn(crew);
  await showsCrewAtWork(window);
  assert.deepEqual(await told(window, 1), [
    'info: The machine was restarted. 2 jobs that were running went back to the queue; 2 workers were started again.',
  ]);
}
