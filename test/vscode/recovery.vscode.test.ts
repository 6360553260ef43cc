/**
 * What the user of VS Code sees when something fails: kills, a full disk, upgrades, a reboot, another machine. One server; each
 * part has a crew of its own, and windows that are opened on it.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CrewState } from '../../src/control/crew-state.ts';
import { SCHEMA_VERSION } from '../../src/store/schema.ts';
import { SmallDisk, unavailable } from '../small-disk.ts';
import { buildVersion } from '../supervisor/build-version.ts';
import { attemptsOf, kill, makeLedgerCrew, nextSupervisor } from '../supervisor/ledger-crew.ts';
import { recordedInOtherBoot } from '../supervisor/recorded-state.ts';
import type { TemporaryCrew } from '../supervisor/temporary-crew.ts';
import { waitFor } from '../wait-for.ts';
import {
  contentsOf,
  killBoth,
  makeBusy,
  nightcrew,
  PATIENCE,
  processesOf,
  switchOff,
} from './recovering-crew.ts';
import { Workbench } from './workbench/driver/workbench.ts';
import { repositoryRoot } from './workbench/locations.ts';

const crewFile = 'pools: { tag: { command: python3 ledger.py, workers: 2, grace: 1s } }';
const OTHER_MACHINE = 'node8';

let root: string;
let runtime: string;
/** The first window, open on the crew that is killed; it owns the server. */
let code: Workbench;
let killed: TemporaryCrew;
/** Open on the crew that another machine had, while that is watched. */
let taking: Workbench | undefined;
/** Of 0.0.9, with the same control protocol as this one; and a newer one with newer control and newer tables. */
let versions: { older: string; newer: string };
const crews: TemporaryCrew[] = [];

function makeCrew(place?: string): TemporaryCrew {
  const crew = makeLedgerCrew(crewFile, place, runtime);
  crews.push(crew);
  return crew;
}

/** A window with the Nightcrew views on this crew. */
async function openOn(crew: TemporaryCrew): Promise<Workbench> {
  const window = await code.openWindow({ folder: crew.workspace });
  await window.activityBar.open('Nightcrew');
  return window;
}

/** Everything the window has shows the crew at work, and nothing of before. */
async function showsCrewAtWork(window: Workbench): Promise<void> {
  const patience = { timeoutMs: PATIENCE.seconds * 1000 };
  await window.statusBar.item(
    'nightcrew.status',
    ({ text, kind }) => text === '2/2' && kind === 'plain',
    patience,
  );
  const workers = window.tree('Workers');
  await workers.waitForRows(
    (rows) =>
      rows.map(({ label }) => label).join() === 'tag,tag-1,tag-2' &&
      rows.slice(1).every(({ icon, description }) => icon === 'play-circle' && /#[12]\b/.test(description)),
    'two workers with a job each',
    patience,
  );
  await waitFor(
    'the message above the workers to go',
    async () => (await workers.message()) === '',
    PATIENCE,
  );
}

/** Told by VS Code itself, on a loaded machine. */
const ofVsCode = /^Activating Extensions/;

/** What the window has told, the newest first. A list that is being redrawn may have a row twice; more messages stay. */
async function told(window: Workbench, count: number): Promise<string[]> {
  let messages: string[] = [];
  const read = async (): Promise<boolean> => {
    const all = (await window.notifications.read()).filter(({ message }) => !ofVsCode.test(message));
    messages = all.map(({ severity, message }) => `${severity}: ${message}`);
    return messages.length === count;
  };
  await waitFor(`${count} notifications`, read, { ...PATIENCE, seen: () => messages.join('\n') });
  return messages;
}

before(async () => {
  root = mkdtempSync(join(tmpdir(), 'nightcrew-recovery-'));
  runtime = join(root, 'r');
  mkdirSync(runtime, { mode: 0o700 });
  killed = makeCrew();
  const build = async (): Promise<typeof versions> => ({
    older: await buildVersion({ product: '0.0.9', control: 1 }, join(root, 'older')),
    newer: await buildVersion({ product: '100.0.0', control: 2, newerSchema: true }, join(root, 'newer')),
  });
  [code, versions] = await Promise.all([
    Workbench.launch({
      extensionDevelopmentPath: repositoryRoot,
      folder: killed.workspace,
      workspaceTrust: false,
      env: { NIGHTCREW_RUNTIME_DIR: runtime },
      label: 'recovery',
    }),
    build(),
    makeBusy(killed),
  ]);
  await code.activityBar.open('Nightcrew');
});

after(async () => {
  await taking?.close();
  await code?.close();
  // What one of them leaves behind must not keep the others from being ended.
  const ends = await Promise.allSettled(crews.map((crew) => crew[Symbol.asyncDispose]()));
  assert.deepEqual(
    ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : [])),
    [],
  );
  rmSync(root, { recursive: true, force: true });
});

/** With a picture of the windows where it failed. */
function step(
  name: string,
  action: (windows: Workbench[]) => Promise<void>,
  skip: string | false = false,
): void {
  it(name, { skip }, async () => {
    const windows: Workbench[] = [];
    try {
      await action(windows);
    } catch (error) {
      for (const [index, window] of [code, ...windows].entries())
        await window.screenshot(`failed-${name.replace(/\W+/g, '-')}-${index}`);
      throw error;
    } finally {
      for (const window of windows) await window.close();
    }
  });
}

describe('a window in VS Code', () => {
  step('names the other machine that has the crew, and takes over only after a question', async (windows) => {
    process.env['NIGHTCREW_HOST_NAME'] = OTHER_MACHINE;
    const crew = makeCrew();
    await switchOff(crew).finally(() => delete process.env['NIGHTCREW_HOST_NAME']);
    const window = await openOn(crew);
    windows.push(window);
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
    // It goes on beside the next steps.
    taking = windows.pop();
  });

  step('comes back with the crew after every kill, and says once what it cost', async (windows) => {
    windows.push(await openOn(killed));
    const both = [code, ...windows];
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
  });

  const full = /is full: .* free, .* needed/;
  const showDisk = async (windows: Workbench[]): Promise<void> => {
    const disk = SmallDisk.mount(8);
    const crew = makeCrew(disk.folder);
    try {
      await makeBusy(crew);
      const client = await crew.connect();
      const window = await openOn(crew);
      windows.push(window);
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
      await windows.pop()?.close();
      await crews.splice(crews.indexOf(crew), 1)[0]![Symbol.asyncDispose]();
      disk[Symbol.dispose]();
    }
  };
  step('shows a full disk with the figure for as long as it lasts', showDisk, unavailable);

  step(
    'takes over from an older version, gives way to a newer one, and leaves its files alone',
    async (windows) => {
      const crew = makeCrew();
      await nightcrew(versions.older, crew, 'up');
      const before = await makeBusy(crew);
      assert.equal(before.server.version, '0.0.9');
      const keeper = await crew.keeper();
      const window = await openOn(crew);
      windows.push(window);
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
        assert.match(
          message!,
          new RegExp(`^error: .*version ${theirs}; .*version ${ours}\\b.*Update Nightcrew`),
        );
        assert.deepEqual(contentsOf(crew), contents);
      } catch (error) {
        // This version cannot end it, and would leave it behind.
        await down().catch(() => undefined);
        throw error;
      }
    },
  );

  step('starts the crew again after a reboot, and says so', async (windows) => {
    const crew = makeCrew();
    const workers = await switchOff(crew);
    recordedInOtherBoot(crew, workers[0]!.bootId);
    const window = await openOn(crew);
    windows.push(window);
    await showsCrewAtWork(window);
    assert.deepEqual(await told(window, 1), [
      'info: The machine was restarted. 2 jobs that were running went back to the queue; 2 workers were started again.',
    ]);
  });

  step('has taken over when the other machine gave no sign of life', async () => {
    assert.ok(taking);
    await showsCrewAtWork(taking);
    assert.deepEqual(await told(taking, 1), [
      'info: The crew was taken over from another machine. 2 jobs that were running went back to the queue; ' +
        '2 workers were started again.',
    ]);
  });
});
