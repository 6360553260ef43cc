import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { StateDelta } from '../../src/control/crew-state.ts';
import { DashboardFeed, FEED_INTERVAL } from '../../src/extension/dashboard/dashboard-feed.ts';
import type { LinkState } from '../../src/extension/link-state.ts';
import type { DashboardMessage } from '../../webview/messages.ts';
import { FakeClient } from '../fake-client.ts';
import { ManualClock } from '../manual-clock.ts';
import { NOON, scriptedCrew, scriptedWorker } from './scripted-crew.ts';

const crew = scriptedCrew();
const state: LinkState = {
  kind: 'connected',
  place: { folder: '/home/ada/epidemic', trusted: true, writable: true },
  client: new FakeClient(crew),
  crew,
};

describe('what the dashboard is told', () => {
  let clock: ManualClock;
  let posted: DashboardMessage[];
  let feed: DashboardFeed;

  const types = (): string[] => posted.map(({ type }) => type);
  const change = (delta: Omit<StateDelta, 'sequence'>): void =>
    feed.update({ state, delta: { sequence: 101, ...delta } });

  beforeEach(() => {
    clock = new ManualClock(NOON);
    posted = [];
    feed = new DashboardFeed(
      { clock, post: (message) => posted.push(message), state: () => state, situation: () => 'active' },
      true,
    );
  });

  it('is nothing before its page is ready', () => {
    change({ wanted: false });
    assert.deepEqual(types(), []);
    feed.ready();
    assert.deepEqual(types(), ['snapshot']);
  });

  it('is at most four messages a second, however many deltas come, and none is lost', () => {
    feed.ready();
    for (let step = 0; step < 100; step++) {
      change({ workers: [scriptedWorker({ id: `simulate-${step % 3}`, launch: step })] });
      clock.advance(10);
    }
    clock.advance(FEED_INTERVAL);
    const deltas = posted.flatMap((message) => (message.type === 'delta' ? [message.delta] : []));
    assert.ok(deltas.length <= 5, `${deltas.length} messages in 1.25 s`);
    const last = new Map(
      deltas.flatMap((delta) => delta.workers ?? []).map((worker) => [worker.id, worker.launch]),
    );
    assert.deepEqual([...last].sort(), [
      ['simulate-0', 99],
      ['simulate-1', 97],
      ['simulate-2', 98],
    ]);
  });

  it('is nothing while it is hidden, and everything when it is shown again', () => {
    feed.ready();
    change({ wanted: false });
    feed.setVisible(false);
    change({ wanted: true });
    clock.advance(60_000);
    assert.deepEqual(types(), ['snapshot']);
    feed.setVisible(true);
    assert.deepEqual(types(), ['snapshot', 'snapshot']);
  });

  it('is everything when the connection changed', () => {
    feed.ready();
    feed.update({ state });
    assert.deepEqual(types(), ['snapshot', 'snapshot']);
  });

  it('comes with the time on the machine of the crew', () => {
    feed.ready();
    assert.equal(posted[0]?.now, NOON);
  });

  it('leaves no timer behind', () => {
    feed.ready();
    change({ wanted: false });
    feed.dispose();
    assert.equal(clock.nextDue, undefined);
  });
});
