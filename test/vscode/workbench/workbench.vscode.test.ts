/** The harness's own test: a real window, a toy extension, and everything that the driver can do with them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { themes, type Theme } from './driver/theme.ts';
import { Workbench } from './driver/workbench.ts';
import { runSuite } from './suite-runner.ts';
import { WaitTimeoutError } from './wait-for.ts';

const toy = join(import.meta.dirname, 'toy-extension');
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightcrew folder ü-'));
  await writeFile(join(folder, 'crew.txt'), 'pools:\n');
});
after(() => rm(folder, { recursive: true, force: true }));

describe('a window with a development extension', () => {
  let code: Workbench;
  before(async () => {
    code = await Workbench.launch({ extensionDevelopmentPath: toy, folder, label: 'driver-test' });
    await code.activityBar.open('Toy Crew');
  });
  after(() => code.close());

  it('starts in Restricted Mode until trust is granted', async () => {
    await code.trust.waitUntilRestricted();
    await code.trust.grant();
    assert.equal(await code.trust.isRestricted(), false);
  });

  it('reads a tree and acts on its rows', async () => {
    const tree = code.tree('Workers');
    await tree.expand('simulate');
    assert.deepEqual(await tree.row('alice'), {
      label: 'alice',
      description: 'idle',
      ariaLabel: 'alice, worker, idle',
      level: 2,
      expanded: undefined,
      selected: false,
      icon: 'play',
    });
    assert.deepEqual(await tree.inlineActions('bob'), ['Stop Worker']);
    await tree.inlineAction('bob', 'Stop Worker');
    await tree.waitForRows((rows) => !rows.some((row) => row.label === 'bob'));
    await tree.collapse('simulate');
    assert.deepEqual(
      (await tree.rows()).map((row) => row.label),
      ['simulate', 'calibrate'],
    );
    await tree.expand('simulate');
  });

  it('answers a quick pick and an input box, and reads the status bar', async () => {
    await code.runCommand('Toy: Add Worker');
    assert.equal((await code.quickInput.read()).title, 'Add Worker');
    assert.deepEqual((await code.quickInput.items())[1], {
      label: 'Calibrate',
      description: 'Rscript calibrate.R',
      detail: '',
    });
    await code.quickInput.choose('Simulate');
    await assert.rejects(code.quickInput.enter('alice', { timeoutMs: 200 }), /It says: alice is taken/);
    await code.quickInput.enter('carol');
    const item = await code.statusBar.item('crew', ({ text }) => text === '2 workers');
    assert.deepEqual(
      { id: item.id, icons: item.icons, kind: item.kind },
      { id: 'nightcrew.toy.crew', icons: ['server'], kind: 'plain' },
    );
    await code.notifications.answer('Added carol', 'Undo');
    await code.statusBar.item('nightcrew.toy', ({ text }) => text === '1 workers');
  });

  it('says what it saw when a wait ends in vain', async () => {
    await assert.rejects(code.tree('Workers').row('zoe', { timeoutMs: 200 }), (error) => {
      assert(error instanceof WaitTimeoutError);
      assert.match(error.message, /the row "zoe" in the view "Workers".*"label": "alice"/s);
      return true;
    });
  });

  it('picks many, and reads notifications', async () => {
    await code.tree('Workers').titleAction('Add Worker');
    await code.quickInput.choose('Calibrate');
    await code.quickInput.enter('dave');
    await code.runCommand('Toy: Tag Workers');
    await code.quickInput.chooseMany(['alice', 'dave']);
    const error = await code.notifications.waitFor('Tagged');
    assert.deepEqual(error, { severity: 'error', message: 'Tagged alice and dave.', actions: [] });
    await code.notifications.clear();
    assert.deepEqual(await code.notifications.read(), []);
  });

  it('takes a context menu and answers a modal dialog', async () => {
    await code.tree('Workers').contextMenu('alice', 'Abort Job');
    const asked = await code.dialogs.answer('Abort Job');
    assert.equal(asked.message, 'Abort the job of alice?');
    assert.match(asked.detail, /checkpoint/);
    assert.equal((await code.notifications.waitFor(/^Aborted/)).severity, 'warning');
  });

  it('works inside a webview', async () => {
    assert.match(await code.tree('Jobs').welcome(), /No jobs yet/);
    await code.tree('Jobs').welcomeButton('Show Dashboard');
    const frame = await code.webview('Toy Dashboard');
    await frame.getByRole('button', { name: 'Press' }).click();
    await frame.getByText('pressed').waitFor();
    await code.runCommand('View: Close All Editors');
  });

  it('opens a file and clicks its code lens', async () => {
    await code.quickInput.openFile('crew.txt');
    await code.editors.clickCodeLens('Enqueue 600');
    await code.webview('Toy Dashboard');
    assert.deepEqual(await code.editors.tabs(), ['crew.txt', 'Toy Dashboard']);
  });

  it('shows every theme', async () => {
    for (const theme of Object.keys(themes) as Theme[]) {
      await code.showTheme(theme);
      await code.screenshot(`driver-test-${theme}`);
    }
  });

  it('reloads, and lets a second window in', async () => {
    await code.reload();
    await code.statusBar.item('crew');
    await using second = await code.openWindow({ folder });
    await second.statusBar.item('crew');
    // Trust was given to the folder, and the browser keeps it.
    assert.equal(await second.trust.isRestricted(), false);
  });
});

describe('a window with an installed extension', () => {
  it('is served at the port that was asked for, and shows toasts as users see them', async () => {
    const port = await freePort();
    await using code = await Workbench.launch({
      installedExtension: toy,
      folder,
      port,
      label: 'installed-test',
    });
    assert.equal(new URL(code.page.url()).port, String(port));
    await code.trust.waitUntilRestricted();
    await code.trust.grant();
    await code.runCommand('Toy: Tag Workers');
    await code.quickInput.chooseMany(['bob']);
    await code.notifications.waitForToast('Tagged bob.');
    await code.screenshot('driver-test-installed');
  });
});

describe('a suite in the extension host', () => {
  for (const [outcome, fails] of [
    ['passes', undefined],
    ['fails', '1'],
  ] as const) {
    it(`${outcome} with its exit code, and its console is heard`, async () => {
      const lines: string[] = [];
      const code = await runSuite({
        suite: join(toy, 'suite.mjs'),
        folder,
        extensionDevelopmentPath: toy,
        env: { TOY_FAILS: fails },
        label: `suite-test-${outcome}`,
        onLine: (_level, line) => lines.push(line),
      });
      assert.equal(code, fails ? 1 : 0);
      assert.equal(lines[0], 'the toy is active');
      if (fails) assert.match(lines[1] ?? '', /^Error: told to fail/);
      else assert.equal(lines.length, 1);
    });
  }
});

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}
