import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DashboardTrends, TREND_INTERVAL } from '../../src/extension/dashboard/dashboard-trends.ts';
import { trendsOf } from '../../src/extension/dashboard/trend.ts';
import type { DashboardMessage } from '../../webview/messages.ts';
import { FakeClient } from '../fake-client.ts';
import { ManualClock } from '../manual-clock.ts';
import { NOON, scriptedCrew } from './scripted-crew.ts';
import { scriptedReport } from './scripted-trends.ts';

const crew = scriptedCrew();

class Scene {
  readonly clock = new ManualClock(NOON);
  readonly posted: DashboardMessage[] = [];
  client: FakeClient | undefined = new FakeClient(crew, { metrics: () => scriptedReport(crew) });
  readonly trends = new DashboardTrends(
    { clock: this.clock, post: (message) => this.posted.push(message), client: () => this.client },
    true,
  );

  async pass(milliseconds: number): Promise<void> {
    this.clock.advance(milliseconds);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
}

describe('the last hour on the dashboard', () => {
  it('is asked for when the page listens, and every half minute', async () => {
    const scene = new Scene();
    await scene.pass(TREND_INTERVAL);
    assert.equal(scene.posted.length, 0);
    scene.trends.ready();
    await scene.pass(0);
    assert.deepEqual(scene.client!.asked('metrics'), [
      { since: scene.clock.now() - 3_600_000, until: scene.clock.now(), step: 60 },
    ]);
    for (let round = 0; round < 4; round++) await scene.pass(TREND_INTERVAL);
    assert.equal(scene.posted.length, 5);
  });

  it('is not asked for while the page is hidden, and at once when it is shown', async () => {
    const scene = new Scene();
    scene.trends.ready();
    await scene.pass(0);
    scene.trends.setVisible(false);
    await scene.pass(10 * TREND_INTERVAL);
    assert.equal(scene.client!.asked('metrics').length, 1);
    scene.trends.setVisible(true);
    await scene.pass(0);
    assert.equal(scene.posted.length, 2);
    scene.trends.dispose();
    await scene.pass(10 * TREND_INTERVAL);
    assert.equal(scene.posted.length, 2);
  });

  it('waits for a supervisor that answers', async () => {
    const scene = new Scene();
    const { client } = scene;
    scene.client = undefined;
    scene.trends.ready();
    await scene.pass(TREND_INTERVAL);
    scene.client = new FakeClient(crew, {});
    await scene.pass(TREND_INTERVAL);
    assert.equal(scene.posted.length, 0);
    scene.client = client;
    scene.trends.refresh();
    await scene.pass(0);
    assert.equal(scene.posted.length, 1);
  });

  it('has a value a minute since the first was seen, and none where nothing was', () => {
    const report = scriptedReport(crew);
    const [first] = trendsOf(report);
    assert.deepEqual(
      first!.memory.map((value) => value === null),
      Array.from({ length: 50 }, (_, minute) => minute >= 20 && minute < 25),
    );
    const [series] = report.series;
    assert.deepEqual(trendsOf({ ...report, series: [{ pool: series!.pool, points: [] }] }), []);
    const young = trendsOf({ ...report, series: [{ ...series!, points: series!.points.slice(-2) }] });
    assert.deepEqual(
      young[0]!.busy.map((value) => value === null),
      [...Array<boolean>(8).fill(true), false, false],
    );
  });
});
