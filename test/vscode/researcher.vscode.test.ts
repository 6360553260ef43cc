/**
 * A researcher's path in the real VS Code: from an empty folder to a sweep at work, control of its workers, a reload,
 * a closed window, and back.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { CrewState } from '../../src/control/crew-state.ts';
import type { JobCounts } from '../../src/core/job-records.ts';
import { waitFor } from '../wait-for.ts';
import { Study } from './study.ts';
import { Workbench } from './workbench/driver/workbench.ts';
import { repositoryRoot } from './workbench/locations.ts';

/** With more jobs than a slow machine gets done while the steps below are taken. */
const crewFile = `# Simulations of a pendulum, each about a second.
pools:
  simulate:
    command: python3 simulate.py
    workers: 2
    memory: 200MB
    grace: 2s
  calibrate:
    run: sh calibrate.sh {site}
batches:
  sweep:
    pool: simulate
    matrix: { alpha: [0.1, 0.2, 0.4], seed: 1..2000 }
`;
const worker = `
import time
import nightcrew

@nightcrew.task
def run(job, alpha, seed):
    for step in range(20):
        job.raise_if_cancelled()
        job.progress((step + 1) / 20, f"step {step + 1} of 20")
        time.sleep(0.05)
    return {"energy": alpha * seed}

nightcrew.run()
`;

let study: Study;
let code: Workbench;
/** The window that came back after the first was closed. */
let reopened: Workbench | undefined;

function workerNamed(state: CrewState, id: string) {
  return state.workers.find((candidate) => candidate.id === id);
}

function done(state: CrewState): number {
  return state.batches.reduce((sum, { counts }) => sum + counts.done, 0);
}

before(async () => {
  study = new Study();
  code = await Workbench.launch({
    extensionDevelopmentPath: repositoryRoot,
    folder: study.folder,
    env: { NIGHTCREW_RUNTIME_DIR: study.runtime },
    label: 'researcher',
  });
});

after(async () => {
  await reopened?.close();
  await code?.close();
  await study.end();
});

/** Each step stands on those before it: after a failure the others would only wait in vain. */
let failed: string | undefined;
function step(name: string, action: () => Promise<void>): void {
  it(name, async () => {
    assert.equal(failed, undefined, `the step "${failed}" failed`);
    failed = name;
    try {
      await action();
      failed = undefined;
    } catch (error) {
      await (reopened ?? code).screenshot(`failed-${name.replace(/\W+/g, '-')}`);
      throw error;
    }
  });
}

/** Counts in the page how often its window lost the focus, as it does to a webview: a frame of its own. */
const countFocusLost = `
  globalThis.focusLost = 0;
  addEventListener('blur', (event) => { if (event.target === window) focusLost += 1; }, true);
`;

describe('a researcher in VS Code', () => {
  step('sees why nothing can be started in Restricted Mode, and then trusts the folder', async () => {
    await code.activityBar.open('Nightcrew');
    await code.trust.waitUntilRestricted();
    const workers = code.tree('Workers');
    await waitFor('the view to say so', async () => /Restricted Mode/.test(await workers.welcome()));
    await code.trust.grant();
    assert.equal(await study.state(), undefined, 'nothing starts by itself');
  });

  step('is offered an example in an empty folder, and brings an own crew', async () => {
    await code.activityBar.open('Nightcrew');
    const workers = code.tree('Workers');
    await waitFor('the welcome of an empty folder', async () => /crew file/.test(await workers.welcome()));
    await code.screenshot('empty-folder');
    writeFileSync(join(study.folder, 'simulate.py'), worker);
    writeFileSync(join(study.folder, 'nightcrew.yaml'), crewFile);
    await waitFor('the welcome of a stopped crew', async () => /Start Crew/.test(await workers.welcome()));
  });

  step('adds two workers from the palette', async () => {
    await code.runCommand('Nightcrew: Add Worker…');
    await code.quickInput.choose('simulate');
    await code.quickInput.enter('2');
    const workers = code.tree('Workers');
    await workers.row(({ label, icon }) => label === 'simulate-2' && icon !== undefined);
    await code.statusBar.item('nightcrew', ({ text }) => /2\/2/.test(text));
    const state = await study.until('both to register', (now) =>
      now.workers.every(({ state: is }) => is === 'RUNNING'),
    );
    assert.deepEqual(
      state.workers.map(({ id }) => id),
      ['simulate-1', 'simulate-2'],
    );
  });

  step('enqueues a sweep and sees tree, queue, status bar and dashboard move', async () => {
    await code.runCommand('Nightcrew: Enqueue Jobs…');
    await code.quickInput.choose('sweep');
    const workers = code.tree('Workers');
    const busy = await workers.row(
      ({ label, description }) => label === 'simulate-1' && /\d+ %/.test(description),
    );
    assert.match(busy.ariaLabel, /simulate-1/);
    await code.runCommand('Nightcrew: Open Dashboard');
    const dashboard = await code.webview('Nightcrew');
    await dashboard.getByRole('article', { name: /simulate-1/ }).waitFor();
    // Asked for every half minute; the rate of ended jobs stands beside it only when a minute was seen.
    await dashboard
      .getByText(/^Workers busy in the last hour/)
      .first()
      .waitFor({ state: 'attached', timeout: 60_000 });
    const finished = done((await study.state())!);
    await study.until('more jobs to be done', (state) => done(state) >= finished + 3);
    await code
      .tree('Queue')
      .row(({ label, description }) => label.includes('sweep') && /\d+ of 6,000/.test(description));
    await code.screenshot('dashboard');
  });

  step('looks well in every theme', async () => {
    for (const theme of ['light', 'highContrast', 'dark'] as const) {
      await code.showTheme(theme);
      await code.screenshot(`dashboard-${theme}`);
    }
  });

  step('drains one', async () => {
    await code.runCommand('Nightcrew: Drain Worker');
    await code.quickInput.chooseMany(['simulate-1']);
    await study.until('it to be drained', (state) => workerNamed(state, 'simulate-1')?.state === 'DEAD');
    await code
      .tree('Workers')
      .row(({ label, description }) => label === 'simulate-1' && !/\d+ %/.test(description));
  });

  step('restarts it', async () => {
    await code.runCommand('Nightcrew: Restart Worker');
    await code.quickInput.chooseMany(['simulate-1']);
    const state = await study.until(
      'it to work again',
      (now) => workerNamed(now, 'simulate-1')?.job !== undefined,
    );
    assert.equal(workerNamed(state, 'simulate-1')?.launch, 2);
  });

  step('aborts one, after it was asked', async () => {
    await code.runCommand('Nightcrew: Abort Worker…');
    await code.quickInput.chooseMany(['simulate-2']);
    const asked = await code.dialogs.answer('Abort');
    assert.match(`${asked.message} ${asked.detail}`, /lost/);
    await study.until('it to be gone', (state) => workerNamed(state, 'simulate-2')?.state === 'DEAD');
    await code.runCommand('Nightcrew: Add Worker…');
    await code.quickInput.choose('simulate');
    await code.quickInput.enter('1');
    await study.until('another to work', (state) => workerNamed(state, 'simulate-3')?.job !== undefined);
  });

  step('cancels, requeues and reprioritises waiting jobs, and is told when the work ends', async () => {
    const client = (await study.connect())!;
    const enqueued = await client.request('enqueue', {
      pool: 'calibrate',
      name: 'sites',
      source: { matrix: { site: '1..3' } },
    });
    const job = enqueued.firstJob;
    const calibrations = async (): Promise<JobCounts> =>
      (await client.request('status', {})).pools.find(({ name }) => name === 'calibrate')!.counts;
    const queue = code.tree('Queue');
    await queue.row('sites');
    await queue.contextMenu('calibrate', 'Cancel Jobs…');
    const asked = await code.dialogs.answer('Cancel Jobs');
    assert.equal(asked.message, 'Cancel 3 waiting jobs of pool calibrate?');
    await waitFor('all three to be cancelled', async () => (await calibrations()).cancelled === 3);
    await code.runCommand('Nightcrew: Requeue Job…');
    await code.quickInput.choose(`sites #${job}`);
    await waitFor(
      'the job to wait again',
      async () => (await client.request('job', { job })).state === 'pending',
    );
    await queue.row(({ label, description }) => label === 'sites' && /2 cancelled/.test(description));
    await queue.contextMenu('sites', 'Set Priority…');
    await code.quickInput.enter('7');
    await waitFor('its priority', async () => (await client.request('job', { job })).priority === 7);
    await queue.hover('simulate', /Ends about .* with one more worker about/);
    await code.screenshot('forecast');
    await code.page.mouse.move(0, 0);
    client.close();
  });

  step('keeps a question that was begun, though the dashboard takes the focus', async () => {
    await code.page.evaluate(countFocusLost);
    await code.runCommand('Nightcrew: Add Worker…');
    const beforeQuestions = await code.page.evaluate<number>('focusLost');
    await code.quickInput.choose('simulate');
    assert.equal((await code.quickInput.read()).title, 'Add Worker to simulate');
    assert.equal(
      await code.page.evaluate('focusLost'),
      beforeQuestions,
      'the focus left between two questions',
    );
    const dashboard = await code.webview('Nightcrew');
    await dashboard.getByRole('heading').last().click();
    await waitFor(
      'the focus to move',
      async () => (await code.page.evaluate<number>('focusLost')) > beforeQuestions,
    );
    assert.equal((await code.quickInput.read()).title, 'Add Worker to simulate');
    await code.page.keyboard.press('Escape');
    await waitFor('Escape to end the question', async () => !(await code.quickInput.isOpen()));
  });

  step('runs a health check', async () => {
    await code.runCommand('Nightcrew: Health Check');
    const report = await code.webviewWith('Preview Health Check.md', '2 of 2 workers are healthy');
    await report
      .getByText(/answered in \d+ ms/)
      .first()
      .waitFor();
    await code.screenshot('health-check');
  });

  step('asks why a worker has no work, and lets it go on by the button of the answer', async () => {
    await code.tree('Workers').contextMenu('simulate-1', 'Pause Worker');
    await study.until('it to be paused', (state) => workerNamed(state, 'simulate-1')?.paused === true);
    await code.tree('Workers').contextMenu('simulate-1', 'Explain Worker');
    const answer = await code.webviewWith('Preview simulate-1 Explained.md', /^simulate-1 is paused; /);
    await answer.getByText('nightcrew resume simulate-1').waitFor();
    await code.screenshot('explained');
    await code.notifications.answer(/^simulate-1 is paused/, 'Resume simulate-1');
    await study.until('it to be resumed', ({ workers }) => workers.every(({ paused }) => !paused));
  });

  step('reloads the window: same supervisor, same processes, jobs unbroken, tree back', async () => {
    const before = await study.until(
      'two to work',
      (state) => state.workers.filter(({ job }) => job).length === 2,
    );
    await code.reload();
    await code.activityBar.open('Nightcrew');
    await code
      .tree('Workers')
      .row(({ label, description }) => label === 'simulate-3' && /\d+ %/.test(description));
    await code.statusBar.item('nightcrew', ({ text }) => /2\/2/.test(text));
    const later = (await study.state())!;
    assert.equal(later.server.serverId, before.server.serverId);
    for (const { id, pid, launch } of before.workers) {
      assert.deepEqual([workerNamed(later, id)?.pid, workerNamed(later, id)?.launch], [pid, launch], id);
    }
  });

  step('closes the window for twenty seconds: the queue goes on', async () => {
    const before = (await study.state())!;
    await code.page.close();
    await delay(20_000);
    const later = (await study.state())!;
    assert.ok(done(later) > done(before) + 20, `${done(before)} jobs were done before, ${done(later)} after`);
    assert.equal(
      later.batches.reduce((sum, { counts }) => sum + counts.failed, 0),
      0,
    );
    reopened = await code.openWindow({ folder: study.folder });
    await reopened.activityBar.open('Nightcrew');
    await reopened.tree('Workers').row('simulate-3');
    assert.equal((await study.state())?.server.serverId, before.server.serverId);
  });

  step('stops everything', async () => {
    await reopened!.runCommand('Nightcrew: Stop Supervisor…');
    await reopened!.quickInput.choose('Abort');
    await reopened!.dialogs.answer('Abort');
    await waitFor('the supervisor to be gone', () => study.isGone());
    await waitFor('the view to say so', async () =>
      /stopped/.test(await reopened!.tree('Workers').welcome()),
    );
  });
});
