/** Supervisor, keeper and both of them are killed while two windows and a dashboard look on. */
import assert from 'node:assert/strict';
import { attemptsOf, kill, nextSupervisor } from '../../supervisor/ledger-crew.ts';
import { waitFor } from '../../wait-for.ts';
import type { Workbench } from '../workbench/driver/workbench.ts';
import { killBoth, PATIENCE, processesOf } from './recovering-crew.ts';
import type { RecoveryScene } from './recovery-scene.ts';
import { showsCrewAtWork, told } from './what-windows-show.ts';

export async function comesBackAfterEveryKill(scene: RecoveryScene): Promise<void> {
  const { code, killed } = scene;
  const both = [code, await scene.openOn(killed)];
  const inBoth = (check: (window: Workbench) => Promise<void>): Promise<unknown> =>
    Promise.all(both.map(check));
  await inBoth(showsCrewAtWork);
  await code.runCommand('Nightcrew: Open Dashboard');
  const dashboard = await code.webview('Nightcrew');
  const dashboardIsLive = async (): Promise<void> => {
    const { pid } = (await killed.supervisor())!;
    await dashboard.getByText(`Supervised by process ${pid},`).waitFor();
    assert.equal(await dashboard.getByRole('article', { name: /tag-[12]/ }).count(), 2);
  };
  await dashboardIsLive();

  const before = await (await killed.connect()).request('status', {});
  const supervisor = (await killed.supervisor())!;
  const harmless = 'ended unexpectedly and was started again. 2 workers went on undisturbed.';
  // Looked for from before, because it stays for seconds only.
  const mentioned = inBoth(async ({ statusBar }) => {
    const isMentioned = async (): Promise<boolean> =>
      (await statusBar.items()).some(({ text }) => text.endsWith(harmless));
    await waitFor('the status bar to mention it', isMentioned, PATIENCE);
  });
  await kill(supervisor);
  await nextSupervisor(killed, supervisor);
  await mentioned;
  await inBoth(showsCrewAtWork);
  await dashboardIsLive();
  const client = await killed.connect();
  assert.deepEqual(processesOf(await client.request('status', {})), processesOf(before));

  await kill(await killed.keeper());
  const keeperLost =
    'error: The keeper process ended and was started again; its 2 workers were ended with it, and 2 jobs went back to the queue.';
  await killed.until(
    client,
    'the workers to work again',
    ({ workers }) => workers.every(({ launch, job }) => launch === 2 && job),
    PATIENCE.seconds,
  );
  await inBoth(async (window) => {
    await showsCrewAtWork(window);
    // The crash before it cost nothing, and interrupted nobody.
    assert.deepEqual(await told(window, 1), [keeperLost]);
  });

  await killBoth(killed);
  const bothLost =
    'info: The supervisor ended unexpectedly and was started again. 2 jobs that were running went back to the queue; ' +
    '2 workers were started again.';
  await inBoth(async (window) => {
    assert.deepEqual(await told(window, 2), [bothLost, keeperLost]);
    await showsCrewAtWork(window);
  });
  await dashboardIsLive();
  await code.screenshot('recovery-killed');
  assert.deepEqual(attemptsOf(killed, 'begin').sort(), ['1.1', '1.2', '1.3', '2.1', '2.2', '2.3']);
}
