/** The disk of a crew is full for a while. */
import assert from 'node:assert/strict';
import { SmallDisk } from '../../small-disk.ts';
import { waitFor } from '../../wait-for.ts';
import { makeBusy } from './recovering-crew.ts';
import type { RecoveryScene } from './recovery-scene.ts';
import { showsCrewAtWork, told } from './what-windows-show.ts';

const full = /is full: .* free, .* needed/;

export async function showsAFullDisk(scene: RecoveryScene): Promise<void> {
  const disk = SmallDisk.mount(8);
  const crew = scene.makeCrew(disk.folder);
  try {
    await makeBusy(crew);
    const client = await crew.connect();
    const window = await scene.openOn(crew);
    await showsCrewAtWork(window);
    await window.runCommand('Nightcrew: Open Dashboard');
    const dashboard = await window.webview('Nightcrew');
    disk.fill();
    const parameters = { n: 3, pad: 'x'.repeat(10_000) };
    await assert.rejects(client.request('enqueue', { pool: 'tag', source: { parameters } }));

    const { ariaLabel } = await window.statusBar.item(
      'nightcrew.status',
      ({ text, kind }) => text === '2/2 · Disk refuses writes' && kind === 'warning',
    );
    assert.match(ariaLabel, full);
    await waitFor('the view to say it', async () => full.test(await window.tree('Workers').message()));
    const banner = dashboard.getByRole('alert');
    await banner.waitFor();
    assert.match(await banner.innerText(), full);
    await window.screenshot('recovery-disk');
    assert.match((await told(window, 1))[0]!, /^error: .* is full/);

    disk.free();
    await showsCrewAtWork(window);
    await banner.waitFor({ state: 'detached' });
    await told(window, 1);
  } finally {
    await scene.closeWindows();
    await scene.end(crew);
    disk[Symbol.dispose]();
  }
}
