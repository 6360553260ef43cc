import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobRow } from '../../src/core/job-records.ts';
import type { RecentJob } from '../../src/control/crew-state.ts';
import type { LinkState } from '../../src/extension/link-state.ts';
import { FAILURES_KEPT, RecentFailures } from '../../src/extension/queue-view/recent-failures.ts';
import { FakeClient } from '../fake-client.ts';
import { SCRIPTED_FAILURE, scriptedCrew, scriptedRecentJob } from './scripted-crew.ts';

const place = { folder: '/home/ada/epidemic', trusted: true, writable: true };

function connected(failed: number[]): LinkState {
  const crew = scriptedCrew();
  const client = new FakeClient(crew);
  const jobs = failed.map((id) => ({ id, batchName: 'sweep', parameters: {}, error: SCRIPTED_FAILURE }));
  client.answers.jobs = () => ({ total: failed.length, jobs: jobs as JobRow[] });
  return { kind: 'connected', place, client, crew };
}

const failedJob = (id: number): RecentJob =>
  scriptedRecentJob({ id, outcome: 'failed', state: 'failed', error: SCRIPTED_FAILURE });

/** What was asked has been answered. */
const answered = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the recent failures', () => {
  it('are asked for once for each connection', async () => {
    let changes = 0;
    const failures = new RecentFailures(() => changes++);
    const state = connected([9, 4]);
    failures.update({ state });
    failures.update({ state });
    await answered();
    assert.deepEqual(
      failures.list.map(({ id }) => id),
      [9, 4],
    );
    assert.equal(changes, 1);
  });

  it('stay while thousands of other jobs end', async () => {
    const failures = new RecentFailures(() => undefined);
    const state = connected([4]);
    failures.update({ state });
    await answered();
    failures.update({
      state,
      delta: { sequence: 1, recent: [failedJob(12), scriptedRecentJob({ id: 11 })] },
    });
    for (let id = 100; id < 200; id++) {
      failures.update({ state, delta: { sequence: id, recent: [scriptedRecentJob({ id })] } });
    }
    assert.deepEqual(
      failures.list.map(({ id }) => id),
      [12, 4],
    );
  });

  it('name a job once, and keep no more than one looks at', async () => {
    const failures = new RecentFailures(() => undefined);
    const state = connected([1, 2, 3]);
    failures.update({ state });
    failures.update({ state, delta: { sequence: 1, recent: [failedJob(3)] } });
    await answered();
    assert.deepEqual(
      failures.list.map(({ id }) => id),
      [3, 1, 2],
    );
    const many = Array.from({ length: 30 }, (_, index) => failedJob(50 - index));
    failures.update({ state, delta: { sequence: 2, recent: many } });
    assert.equal(failures.list.length, FAILURES_KEPT);
    assert.equal(failures.list[0]?.id, 50);
  });

  it('are gone with the supervisor, but not while it is looked for', async () => {
    const failures = new RecentFailures(() => undefined);
    failures.update({ state: connected([1]) });
    await answered();
    failures.update({ state: { kind: 'connecting', place } });
    assert.equal(failures.list.length, 1);
    failures.update({ state: { kind: 'stopped', place } });
    assert.equal(failures.list.length, 0);
  });
});
