/** A crew whose other machine is gone: taken over after a question, while that machine is watched for a sign of life. */
import assert from 'node:assert/strict';
import { waitFor } from '../../wait-for.ts';
import type { Workbench } from '../workbench/driver/workbench.ts';
import { PATIENCE, switchOff } from './recovering-crew.ts';
import type { RecoveryScene } from './recovery-scene.ts';
import { showsCrewAtWork, told } from './what-windows-show.ts';

const OTHER_MACHINE = 'node8';

/** Resolves with the window, in which that goes on beside other steps. */
export async function beginsToTakeOver(scene: RecoveryScene): Promise<Workbench> {
  process.env['NIGHTCREW_HOST_NAME'] = OTHER_MACHINE;
  const crew = scene.makeCrew();
  await switchOff(crew).finally(() => delete process.env['NIGHTCREW_HOST_NAME']);
  const window = await scene.openOn(crew);
  const view = window.tree('Workers');
  const held = new RegExp(
    `another machine .*: ${OTHER_MACHINE}, process \\d+; its last sign of life is of \\d{4}-`,
  );
  await waitFor('the view to say who has it', async () => held.test(await view.message()), PATIENCE);
  assert.match((await told(window, 1))[0]!, held);
  await window.notifications.clear();
  await view.select('Take Over…');
  await waitFor('the question', () => window.dialogs.isOpen(), PATIENCE);
  await window.screenshot('recovery-take-over');
  const { detail } = await window.dialogs.answer('Take Over');
  assert.match(detail, held);
  assert.match(detail, /run twice/);
  assert.match((await told(window, 1))[0]!, /watching for 20 s/);
  scene.keepOpen(window);
  return window;
}

export async function hasTakenOver(window: Workbench): Promise<void> {
  await showsCrewAtWork(window);
  assert.deepEqual(await told(window, 1), [
    'info: The crew was taken over from another machine. 2 jobs that were running went back to the queue; ' +
      '2 workers were started again.',
  ]);
}
