import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { CrewState } from '../../src/control/crew-state.ts';
import { outputFolder } from '../vscode/workbench/locations.ts';
import {
  bundlePage,
  DashboardPage,
  launchBrowser,
  type PageBundle,
  type PageOptions,
} from './dashboard-page.ts';
import { trendsOf } from '../../src/extension/dashboard/trend.ts';
import { annotationCrew, NOON, scriptedCrew, scriptedWorker } from './scripted-crew.ts';
import { rampPools } from './scripted-ramps.ts';
import { scriptedReport } from './scripted-trends.ts';

const SCREENSHOTS = join(outputFolder, 'dashboard');

let browser: Browser;
let bundle: PageBundle;

before(async () => {
  await mkdir(SCREENSHOTS, { recursive: true });
  [browser, bundle] = await Promise.all([launchBrowser(), bundlePage()]);
});

after(async () => {
  await browser?.close();
});

/** The page as it looks once the extension has answered it. */
async function openWith(crew: CrewState, options?: PageOptions): Promise<DashboardPage> {
  const dashboard = await DashboardPage.open(browser, bundle, options);
  await dashboard.tell({ type: 'snapshot', now: NOON, situation: 'active', trusted: true, live: true, crew });
  await dashboard.tell({ type: 'trends', now: NOON, trends: trendsOf(scriptedReport(crew)) });
  return dashboard;
}

describe('the dashboard page', () => {
  it('says that it is ready before it is told anything', async () => {
    const dashboard = await DashboardPage.open(browser, bundle);
    assert.deepEqual(await dashboard.sent(), [{ type: 'ready' }]);
    await dashboard.page.close();
  });

  for (const theme of ['dark', 'light', 'high-contrast'] as const) {
    it(`draws thirty workers in the ${theme} theme within its content security policy`, async () => {
      const dashboard = await openWith(annotationCrew(), { theme });
      assert.equal(await dashboard.page.locator('.card').count(), 30);
      assert.deepEqual(dashboard.faults, []);
      await dashboard.page.screenshot({ path: join(SCREENSHOTS, `${theme}.png`) });
      await dashboard.page.close();
    });
  }

  it('fits a narrow panel, as it is at 200 % zoom, without scrolling sideways', async () => {
    const dashboard = await openWith(annotationCrew(), { width: 480 });
    const overflow = await dashboard.page.evaluate('document.documentElement.scrollWidth - innerWidth');
    assert.equal(overflow, 0);
    await dashboard.page.screenshot({ path: join(SCREENSHOTS, 'narrow.png') });
    await dashboard.page.close();
  });

  for (const theme of ['dark', 'light', 'high-contrast'] as const) {
    it(`shows in the ${theme} theme what keeps the crew from its work, and tells a screen reader once`, async () => {
      const trouble = {
        kind: 'storage',
        message: 'The disk of /home/ada/epidemic/.nightcrew is full: 12 kB free, 1.1 MB needed.',
        nextStep: 'Free some space on it. Work goes on by itself within seconds.',
        since: NOON - 90_000,
      } as const;
      const dashboard = await openWith(scriptedCrew(), { theme });
      const alert = dashboard.page.getByRole('alert');
      assert.equal(await alert.count(), 0);
      await dashboard.tell({ type: 'delta', now: NOON, delta: { sequence: 101, troubles: [trouble] } });
      await alert.getByRole('heading', { name: 'Disk refuses writes' }).waitFor();
      assert.match(await alert.innerText(), /12 kB free, 1\.1 MB needed\.[^]*Free some space/);
      await dashboard.page.getByText('for 1 min 30 s').waitFor();
      await dashboard.page.screenshot({ path: join(SCREENSHOTS, `trouble-${theme}.png`) });
      await dashboard.tell({ type: 'delta', now: NOON, delta: { sequence: 102, troubles: [] } });
      await alert.waitFor({ state: 'detached' });
      assert.deepEqual(dashboard.faults, []);
      await dashboard.page.close();
    });
  }

  it('shows how ramps stand, and tells a screen reader of a rollback', async () => {
    const dashboard = await openWith(scriptedCrew(), { theme: 'high-contrast' });
    const { page } = dashboard;
    const line = page.locator('.ramp');
    assert.equal(await line.count(), 0);
    await dashboard.tell({ type: 'delta', now: NOON, delta: { sequence: 101, pools: rampPools() } });
    assert.deepEqual(
      (await line.allInnerTexts()).map((text) => text.trim()),
      [
        'Ramp: step 2 of 3: 3 workers, 1 h 20 min of 4 h · 2 h 40 min left',
        'Ramp: step 2 of 3: 3 workers, 1 h 20 min of 4 h; stands still: 2 of 3 workers work as they should',
        'Ramp: paused at step 2 of 3: 3 workers, 1 h 20 min of 4 h',
        'Ramp: rolled back from 3 workers to 1: a worker failed: tag-3\nReport: /home/ada/incidents/noon/report.md',
      ],
    );
    assert.match(await page.getByRole('status').innerText(), /the ramp of calibrate was rolled back/);
    await page.screenshot({ path: join(SCREENSHOTS, 'ramps.png') });
    assert.deepEqual(dashboard.faults, []);
    await page.close();
  });

  it('says why a supervisor that lives cannot be worked with', async () => {
    const dashboard = await DashboardPage.open(browser, bundle);
    const refusal = 'The supervisor is of version 0.9. Update the extension.';
    const snapshot = { type: 'snapshot', now: NOON, trusted: true, live: false } as const;
    await dashboard.tell({ ...snapshot, situation: 'refused', refusal });
    await dashboard.page.getByText(refusal).waitFor();
    await dashboard.page.getByRole('button', { name: 'Try Again' }).waitFor();
    await dashboard.page.close();
  });

  it('redraws the card that a delta is about', async () => {
    const dashboard = await openWith(scriptedCrew());
    const card = dashboard.page.getByRole('article', { name: /simulate-1/ });
    assert.match(await card.innerText(), /working[^]*43 %/);
    await dashboard.tell({
      type: 'delta',
      now: NOON,
      delta: { sequence: 101, workers: [scriptedWorker({ state: 'DRAINING' })] },
    });
    assert.match(await card.innerText(), /draining/);
    await dashboard.page.close();
  });

  it('draws the last hour with its gaps, and says it in words', async () => {
    const dashboard = await openWith(scriptedCrew());
    const { page } = dashboard;
    const card = page.locator('.card').first();
    const lines = card.locator('trend-line');
    assert.deepEqual(await lines.locator('.visually-hidden').allTextContents(), [
      'CPU in the last hour: 71 % of one core on average, at most 402 %',
      'Memory in the last hour: 410 MB on average, at most 1.3 GB',
    ]);
    assert.deepEqual(await lines.locator('.trend-caption').allTextContents(), [
      'CPU max 402 %',
      'Mem max 1.3 GB',
    ]);
    const path = (await lines.first().locator('.trend-line').getAttribute('d'))!;
    assert.deepEqual(path.match(/M\d+/g), ['M0', 'M25'], 'a piece before the gap and one behind it');
    const row = page.locator('.row').first();
    assert.match(await row.locator('trend-line').first().innerText(), /\/min/);
    const [pool, ...others] = trendsOf(scriptedReport(scriptedCrew()));
    const begun = { ...pool!, overall: { ...pool!.overall, observed: 20, done: 0, perMinute: 0 } };
    await dashboard.tell({ type: 'trends', now: NOON, trends: [begun, ...others] });
    await row.getByText('/min').waitFor({ state: 'detached' });
    assert.match(await row.innerText(), /% busy/);
    assert.deepEqual(dashboard.faults, []);
    await page.close();
  });

  it('filters workers by words and by condition, and remembers both', async () => {
    const dashboard = await openWith(annotationCrew());
    const { page } = dashboard;
    const filter = page.getByRole('searchbox', { name: 'Filter workers' });
    await filter.fill('eva law');
    assert.deepEqual(await page.locator('.card h3').allInnerTexts(), ['annotate-25']);
    await filter.fill('');
    await page
      .getByRole('group', { name: 'Condition' })
      .getByRole('button', { name: /^failed/ })
      .click();
    assert.deepEqual(await page.locator('.card h3').allInnerTexts(), ['annotate-13']);
    const state = await dashboard.saved();
    await page.close();

    const again = await openWith(annotationCrew(), { state });
    assert.deepEqual(await again.page.locator('.card h3').allInnerTexts(), ['annotate-13']);
    await again.page.close();
  });

  it('asks for commands by name, from the keyboard too', async () => {
    const dashboard = await openWith(scriptedCrew());
    const { page } = dashboard;
    await page.getByRole('button', { name: 'Drain simulate-1' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Add worker to simulate' }).click();
    await page.getByRole('button', { name: 'Refresh' }).click();
    assert.deepEqual(await dashboard.sent(), [
      { type: 'ready' },
      { type: 'command', command: 'nightcrew.drainWorker', about: { worker: 'simulate-1' } },
      { type: 'command', command: 'nightcrew.addWorker', about: { pool: 'simulate' } },
      { type: 'refresh' },
    ]);
    await page.close();
  });

  it('goes through the buttons of a card by the arrow keys', async () => {
    const { page } = await openWith(scriptedCrew());
    const focused = (): Promise<string> => page.evaluate('document.activeElement.getAttribute("aria-label")');
    await page.getByRole('button', { name: 'Show log of simulate-1' }).focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(), 'Pause simulate-1');
    await page.keyboard.press('End');
    assert.equal(await focused(), 'Abort simulate-1');
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(), 'Explain simulate-1');
    assert.equal(await page.locator('.card-actions button[tabindex="0"]').count(), 1);
    await page.close();
  });

  it('offers nothing that starts work in Restricted Mode', async () => {
    const dashboard = await DashboardPage.open(browser, bundle);
    const crew = scriptedCrew({ wanted: false });
    await dashboard.tell({
      type: 'snapshot',
      now: NOON,
      situation: 'active',
      trusted: false,
      live: true,
      crew,
    });
    const toolbar = dashboard.page.getByRole('toolbar', { name: 'Crew' });
    assert.deepEqual((await toolbar.getByRole('button').allInnerTexts()).filter(Boolean), ['Health Check']);
    await dashboard.page.close();
  });

  it('opens the error of a failed job where it stands', async () => {
    const { page } = await openWith(annotationCrew());
    const disclosure = page.getByRole('button', { name: 'failed', exact: true });
    assert.equal(await disclosure.getAttribute('aria-expanded'), 'false');
    await disclosure.click();
    assert.equal(await disclosure.getAttribute('aria-expanded'), 'true');
    assert.match(await page.locator('.error-row').innerText(), /LinAlgError: matrix is singular/);
    await page.close();
  });

  it('tells a screen reader how the crew stands, and names every control', async () => {
    const { page } = await openWith(annotationCrew());
    assert.equal(
      await page.getByRole('status').innerText(),
      '27 of 29 workers healthy, 1 worker failed, jobs are running',
    );
    const nameless = await page
      .locator('button')
      .evaluateAll(
        (buttons) =>
          (buttons as unknown as { innerText: string; ariaLabel: string | null }[]).filter(
            ({ innerText, ariaLabel }) => !ariaLabel && innerText.trim() === '',
          ).length,
      );
    assert.equal(nameless, 0);
    await page.close();
  });

  it('says why it is empty and what would change that', async () => {
    const dashboard = await DashboardPage.open(browser, bundle);
    await dashboard.tell({ type: 'snapshot', now: NOON, situation: 'stopped', trusted: true, live: false });
    await dashboard.page.getByRole('button', { name: 'Start Crew' }).click();
    assert.deepEqual((await dashboard.sent()).at(-1), { type: 'command', command: 'nightcrew.startCrew' });
    await dashboard.page.close();
  });

  it('keeps the clock of the crew, not of the browser', async () => {
    const dashboard = await openWith(scriptedCrew());
    const card = dashboard.page.getByRole('article', { name: /simulate-1/ });
    assert.match(await card.innerText(), /20 min/);
    await dashboard.page.close();
  });
});
