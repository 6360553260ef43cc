/** A crew of an older version is taken over, one of a newer version is left alone. */
import assert from 'node:assert/strict';
import type { CrewState } from '../../../src/control/crew-state.ts';
import { SCHEMA_VERSION } from '../../../src/store/schema.ts';
import { waitFor } from '../../wait-for.ts';
import { contentsOf, makeBusy, nightcrew, PATIENCE, processesOf } from './recovering-crew.ts';
import type { RecoveryScene } from './recovery-scene.ts';
import { showsCrewAtWork, told } from './what-windows-show.ts';

export async function takesOverAndGivesWay(scene: RecoveryScene): Promise<void> {
  const { versions } = scene;
  const crew = scene.makeCrew();
  await nightcrew(versions.older, crew, 'up');
  const before = await makeBusy(crew);
  assert.equal(before.server.version, '0.0.9');
  const keeper = await crew.keeper();
  const window = await scene.openOn(crew);
  await showsCrewAtWork(window);
  const taken = await (await crew.connectOnly())!.request('status', {});
  const { version } = taken.server;
  assert.notEqual(version, '0.0.9');
  assert.deepEqual(await told(window, 1), [
    `info: The supervisor of version ${version} took over. 2 workers went on undisturbed.`,
  ]);
  assert.deepEqual(await crew.keeper(), keeper);
  assert.deepEqual(processesOf(taken), processesOf(before));
  await window.notifications.clear();

  const newer = JSON.parse(await nightcrew(versions.newer, crew, 'status', '--json')) as CrewState;
  const down = (): Promise<string> => nightcrew(versions.newer, crew, 'down', '--abort', '--yes');
  try {
    assert.equal(newer.server.version, '100.0.0');
    const view = window.tree('Workers');
    const refused =
      /version 100\.0\.0 and speaks version 2 .* this is version .* speaks version 1\b.*Update .* reload/;
    const saysSo = (): Promise<void> =>
      waitFor('the view to say what runs', async () => refused.test(await view.message()), PATIENCE);
    await saysSo();
    await window.statusBar.item(
      'nightcrew.status',
      ({ kind, ariaLabel }) => kind === 'warning' && refused.test(ariaLabel),
    );
    assert.match((await told(window, 1))[0]!, refused);
    await window.notifications.clear();
    await view.select('Try Again');
    assert.match((await told(window, 1))[0]!, refused);
    await saysSo();
    await window.screenshot('recovery-refused');
    const later = JSON.parse(await nightcrew(versions.newer, crew, 'status', '--json')) as CrewState;
    assert.equal(later.server.serverId, newer.server.serverId);
    assert.deepEqual(processesOf(later), processesOf(before));

    await down();
    await waitFor(
      'the view to offer a start',
      async () => (await view.message()) === '' && /Start Crew/.test(await view.welcome()),
      PATIENCE,
    );
    const contents = contentsOf(crew);
    await window.notifications.clear();
    await view.welcomeButton('Start Crew');
    const [message] = await told(window, 1);
    const [theirs, ours] = [SCHEMA_VERSION + 1, SCHEMA_VERSION];
    assert.match(message!, new RegExp(`^error: .*version ${theirs}; .*version ${ours}\\b.*Update Nightcrew`));
    assert.deepEqual(contentsOf(crew), contents);
  } catch (error) {
    // This version cannot end it, and would leave it behind.
    await down().catch(() => undefined);
    throw error;
  }
}
