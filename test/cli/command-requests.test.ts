import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobsChanged } from '../../src/control/selection.ts';
import { NOON, scriptedBatch } from '../extension/scripted-crew.ts';
import { crewScene } from './crew-scene.ts';

const outcome = { worker: 'simulate-1', ok: true, message: 'done' };

describe('what a command asks of the supervisor', () => {
  const requests: [line: string, method: string, ...parameters: unknown[]][] = [
    [
      'add tag -n 2 --label a=b --label c=1 --no-wait',
      'add',
      { pool: 'tag', count: 2, labels: { a: 'b', c: '1' } },
    ],
    ['up --no-wait', 'up', {}],
    ['up tag --no-wait', 'up', { pools: ['tag'] }],
    ['drain simulate-1 tag-1', 'drain', { select: { workers: ['simulate-1', 'tag-1'] } }],
    ['drain --pool tag --wait', 'drain', { select: { pool: 'tag' }, wait: true }],
    ['abort --all --yes', 'abort', { select: { all: true } }],
    [
      'restart --label domain=law --label tier=1',
      'restart',
      { select: { labels: { domain: 'law', tier: '1' } } },
    ],
    ['pause --all', 'pause', { select: { all: true }, paused: true }],
    ['resume simulate-1', 'pause', { select: { workers: ['simulate-1'] }, paused: false }],
    ['pause --all --wait', 'pause', { select: { all: true }, paused: true, wait: true }],
    ['freeze --pool tag', 'freeze', { select: { pool: 'tag' }, frozen: true }],
    ['continue tag-1', 'freeze', { select: { workers: ['tag-1'] }, frozen: false }],
    ['stop --label domain=law --json', 'stop', { select: { labels: { domain: 'law' } } }],
    ['stop simulate-1 --wait', 'stop', { select: { workers: ['simulate-1'] }, wait: true }],
    ['restart simulate-1 --wait', 'restart', { select: { workers: ['simulate-1'] }, wait: true }],
    ['restart simulate-1 --force', 'restart', { select: { workers: ['simulate-1'] }, force: true }],
    ['remove --all', 'remove', { select: { all: true } }],
    ['health', 'health', { select: { all: true } }],
    ['health simulate-1', 'health', { select: { workers: ['simulate-1'] } }],
    ['cancel 3 4', 'cancel', { jobs: [3, 4] }],
    ['cancel --batch sweep --state pending --yes', 'cancel', { filter: { batch: 7, states: ['pending'] } }],
    ['cancel --all --yes', 'cancel', { filter: {} }],
    ['cancel --worker tag-1 --dry-run', 'cancel', { filter: { worker: 'tag-1' }, dryRun: true }],
    ['requeue 3 --fresh', 'requeue', { jobs: [3], fresh: true, dryRun: true }, { jobs: [3], fresh: true }],
    [
      'requeue --failed --pool tag --since 2026-11-21 --until today --yes',
      'requeue',
      {
        filter: {
          pool: 'tag',
          states: ['failed'],
          finishedSince: new Date(2026, 10, 21).getTime(),
          finishedUntil: new Date(NOON).setHours(0, 0, 0, 0),
        },
      },
    ],
    [
      'requeue --enqueued-since 12h --search alpha=0.1 --yes',
      'requeue',
      { filter: { enqueuedSince: NOON - 12 * 3_600_000, search: 'alpha=0.1' } },
    ],
    ['reprioritise --batch sweep -p -3 --yes', 'reprioritise', { filter: { batch: 7 }, priority: -3 }],
    ['reprioritize 3 4 --priority 10 --yes', 'reprioritise', { jobs: [3, 4], priority: 10 }],
    ['forecast', 'forecast', { more: 1 }],
    ['metrics', 'metrics', { since: NOON - 3_600_000, until: NOON, step: 180 }],
    [
      'metrics tag-1 --since 2d --until 1h --json',
      'metrics',
      { of: 'tag-1', since: NOON - 48 * 3_600_000, until: NOON - 3_600_000 },
    ],
    ['metrics tag --step 5m', 'metrics', { of: 'tag', since: NOON - 3_600_000, until: NOON, step: 300 }],
    ['metrics tag --step 1s', 'metrics', { of: 'tag', since: NOON - 3_600_000, until: NOON, step: 90 }],
    ['metrics tag --step 1s --json', 'metrics', { of: 'tag', since: NOON - 3_600_000, until: NOON, step: 1 }],
    ['forecast tag --more -2 --json', 'forecast', { pool: 'tag', more: -2 }],
    ['ramp', 'ramps', {}],
    ['ramp start tag', 'ramp', { action: 'start', pool: 'tag' }],
    ['ramp abandon tag --json', 'ramp', { action: 'abandon', pool: 'tag' }],
    ['job 3 --json', 'job', { job: 3 }],
    ['explain 3 --json', 'explain', { job: 3 }],
    ['explain simulate-1 --json', 'explain', { worker: 'simulate-1' }],
    ['jobs', 'jobs', { offset: 0, limit: 50 }],
    [
      'jobs --pool tag --state failed,done --worker tag-1 --search alpha=0.1 --newest --limit 5 --offset 10',
      'jobs',
      {
        pool: 'tag',
        states: ['failed', 'done'],
        worker: 'tag-1',
        search: 'alpha=0.1',
        newestFirst: true,
        limit: 5,
        offset: 10,
      },
    ],
    ['jobs --batch sweep', 'jobs', { batch: 7, offset: 0, limit: 50 }],
    ['results sweep', 'exportResults', { batch: 7 }],
    ['down --stop', 'down', { mode: 'stop' }],
    [
      'enqueue simulate --param alpha=0.1 seed=3',
      'enqueue',
      { pool: 'simulate', source: { parameters: { alpha: 0.1, seed: 3 } } },
    ],
    [
      'enqueue simulate --matrix alpha=0.1,0.2 seed=1..200 --param steps=10 --task fit --name night --priority -1 --attempts 2 --timeout 1h --match site',
      'enqueue',
      {
        pool: 'simulate',
        task: 'fit',
        name: 'night',
        priority: -1,
        attempts: 2,
        timeout: 3600,
        match: ['site'],
        source: { matrix: { alpha: [0.1, 0.2], seed: '1..200' }, base: { steps: 10 } },
      },
    ],
    ['enqueue --batch sweep --again', 'enqueueBatches', { batches: ['sweep'], again: true }],
  ];
  const enqueued = { batch: 8, name: 'night', pool: 'simulate', count: 1, firstJob: 601 };
  for (const [line, method, ...parameters] of requests) {
    it(`nightcrew ${line}`, async (test) => {
      const outcomes = (): { outcomes: (typeof outcome)[] } => ({ outcomes: [outcome] });
      const changed = (): JobsChanged => ({
        matched: 2,
        changed: { failed: 2 },
        refused: 0,
        problems: [],
        outcomes: [],
      });
      const { host, client } = crewScene(test, {
        add: outcomes,
        up: () => ({ started: [outcome], kept: [] }),
        drain: outcomes,
        abort: outcomes,
        restart: outcomes,
        stop: outcomes,
        freeze: outcomes,
        pause: outcomes,
        remove: outcomes,
        health: () => ({ at: NOON, healthy: 0, total: 0, workers: [] }),
        cancel: changed,
        requeue: changed,
        reprioritise: changed,
        forecast: () => ({ at: NOON, pools: [] }),
        metrics: () => ({ since: NOON - 3_600_000, until: NOON, step: 180, series: [] }),
        ramps: () => [],
        ramp: () => ({ message: 'step 1 of 3', ramp: {} as never }),
        job: () => ({}) as never,
        explain: () => ({}) as never,
        jobs: () => ({ total: 0, jobs: [] }),
        batches: () => [scriptedBatch({ id: 3 }), scriptedBatch({ id: 7 }), scriptedBatch({ id: 5 })],
        exportResults: () => ({ file: '/results/sweep.csv', rows: 1 }),
        enqueue: () => enqueued,
        enqueueBatches: () => ({ enqueued: [enqueued], skipped: [] }),
        down: () => {
          host.alive = undefined;
          return { ended: true, outcomes: [outcome] };
        },
      });
      assert.equal(await host.run(line), 0, host.terminal.errors);
      assert.deepEqual(client.asked(method as 'up'), parameters);
      assert.equal(client.closed, true);
    });
  }

  it('names files by absolute paths, from where the command was given', async (test) => {
    const { host, client } = crewScene(test, { enqueue: () => enqueued });
    assert.equal(await host.run('enqueue simulate --csv data/sites.csv'), 0);
    assert.deepEqual(client.asked('enqueue'), [
      { pool: 'simulate', source: { csv: `${host.folder}/data/sites.csv` } },
    ]);
  });

  it('asks nothing of a number that no job can have', async (test) => {
    const { host, client } = crewScene(test);
    assert.equal(await host.run('explain 99999999999999999999'), 2);
    assert.match(host.terminal.errors, /There is no job 99999999999999999999\.\n {2}next: `nightcrew jobs`/);
    assert.deepEqual(client.requests, []);
  });
});
