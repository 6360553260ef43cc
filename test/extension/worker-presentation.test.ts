import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WorkerView } from '../../src/control/crew-state.ts';
import { poolContextValue, workerContextValue } from '../../src/extension/workers-view/context-value.ts';
import { poolTooltip } from '../../src/extension/pool-tooltip.ts';
import { presentPool } from '../../src/extension/workers-view/pool-presentation.ts';
import { CONDITION_ICONS, presentWorker } from '../../src/extension/workers-view/worker-presentation.ts';
import { workerTooltip } from '../../src/extension/workers-view/worker-tooltip.ts';
import { NOON, scriptedJob, scriptedPool, scriptedWorker } from './scripted-crew.ts';

describe('a worker in the tree', () => {
  const descriptions: [string, Partial<WorkerView>, string][] = [
    ['working', { job: scriptedJob(212, 0.437) }, '#212 43 % · 1.2 GB · 98 % CPU'],
    ['working without progress', { job: scriptedJob(212) }, '#212 · 1.2 GB · 98 % CPU'],
    ['idle', { cpu: 0 }, 'idle · 1.2 GB · 0 % CPU'],
    ['labelled', { labels: { annotator: 'ada', domain: 'law' } }, 'ada / law · idle · 1.2 GB · 98 % CPU'],
    ['draining', { state: 'DRAINING', job: scriptedJob(7, 0.5) }, 'draining · #7 50 % · 1.2 GB · 98 % CPU'],
    ['frozen', { frozen: true, stalled: true, job: scriptedJob(7) }, 'frozen · #7 · 1.2 GB · 98 % CPU'],
    ['stalled', { stalled: true, job: scriptedJob(7) }, 'stalled · #7 · 1.2 GB · 98 % CPU'],
    ['offline', { stalled: true, offline: true, job: scriptedJob(7) }, 'offline · #7 · 1.2 GB · 98 % CPU'],
    [
      'stuck',
      { stuck: 'job 7: no progress for 2 h', healthy: false, job: scriptedJob(7) },
      'stuck · #7 · 1.2 GB · 98 % CPU',
    ],
    ['stuck and silent', { stuck: 'job 7: no progress', stalled: true }, 'stalled · 1.2 GB · 98 % CPU'],
    ['draining and frozen', { state: 'DRAINING', frozen: true }, 'frozen · 1.2 GB · 98 % CPU'],
    [
      'failed',
      { state: 'FAILED', memory: undefined, cpu: undefined, lastError: "No module named 'spacy'" },
      "failed · No module named 'spacy'",
    ],
    ['dead', { state: 'DEAD', memory: undefined, cpu: undefined, reason: 'drained' }, 'dead · drained'],
  ];
  for (const [name, change, description] of descriptions) {
    it(`that is ${name} is described`, () => {
      assert.equal(presentWorker(scriptedWorker(change)).description, description);
    });
  }

  it('never shows work as finished before it is', () => {
    const worker = scriptedWorker({ job: scriptedJob(1, 0.9999) });
    assert.match(presentWorker(worker).description!, /99 %/);
  });

  it('says its condition in words to a screen reader', () => {
    assert.equal(
      presentWorker(scriptedWorker({ job: scriptedJob(212, 0.43) })).spoken,
      'simulate-1, working, job 212 43 %, 1.2 GB, 98 % CPU',
    );
  });

  it('has an icon of its own for every condition', () => {
    const icons = Object.values(CONDITION_ICONS).map(({ icon }) => icon);
    assert.equal(new Set(icons).size, icons.length);
  });
});

describe('the context value of a tree item', () => {
  const values: [Partial<WorkerView>, string][] = [
    [{}, 'worker+running+restartable+abortable+drainable+pausable+stoppable+freezable'],
    [{ paused: true }, 'worker+running+restartable+abortable+drainable+resumable+stoppable+freezable'],
    [{ frozen: true }, 'worker+running+restartable+abortable+drainable+pausable+stoppable+continuable'],
    [{ state: 'STARTING' }, 'worker+starting+restartable+abortable+drainable+pausable+stoppable'],
    [{ state: 'DRAINING' }, 'worker+draining+restartable+abortable+stoppable+freezable'],
    [{ state: 'DRAINING', frozen: true }, 'worker+draining+restartable+abortable+stoppable+continuable'],
    [{ state: 'FAILED' }, 'worker+failed+restartable+removable'],
    [{ state: 'DEAD' }, 'worker+dead+restartable+removable'],
  ];
  for (const [change, value] of values) {
    it(`is ${value}`, () => assert.equal(workerContextValue(scriptedWorker(change)), value));
  }

  it('of a pool has what any of its workers has', () => {
    assert.equal(poolContextValue([]), 'pool');
    assert.equal(
      poolContextValue([scriptedWorker({ state: 'FAILED' }), scriptedWorker({ state: 'DRAINING' })]),
      'pool+restartable+removable+abortable+stoppable+freezable',
    );
  });
});

describe('a pool in the tree', () => {
  it('counts healthy ones of all that have not ended', () => {
    const workers = [
      scriptedWorker({ id: 's-1' }),
      scriptedWorker({ id: 's-2', healthy: false, stalled: true }),
      scriptedWorker({ id: 's-3', state: 'FAILED', healthy: false }),
      scriptedWorker({ id: 's-4', state: 'DEAD', healthy: false }),
    ];
    const { description } = presentPool(scriptedPool(), workers);
    assert.equal(description, '1/3 healthy · 1 failed · 388 waiting');
  });

  it('says how far its ramp is, and offers what can be done to it', async () => {
    const ramp = {
      pool: 'simulate',
      state: 'soaking' as const,
      steps: [
        { workers: 2, soak: 7200 },
        { workers: 3, soak: 7200 },
      ],
      step: 1,
      soaked: 60,
      reason: 'started by hand',
      text: 'step 2 of 2: 3 workers, 1 min of 2 h',
      workers: 3,
      actions: ['pause' as const, 'abandon' as const],
    };
    const soaking = scriptedPool({ ramp });
    assert.match(presentPool(soaking, []).description ?? '', / · ramp step 2 of 2$/);
    assert.equal(presentPool(soaking, []).contextValue, 'pool+rampPausable+rampAbandonable');
    assert.match(await poolTooltip(soaking, undefined), /\nRamp: step 2 of 2: 3 workers, 1 min of 2 h$/);
    const back = scriptedPool({
      ramp: { ...ramp, state: 'rolled-back', workers: 1, incident: '/i/x', actions: ['start'] },
    });
    assert.match(presentPool(back, []).description ?? '', / · ramp rolled back$/);
    assert.match(await poolTooltip(back, undefined), /\nReport: \/i\/x\/report.md$/);
    // Without a plan, the usual steps; a single worker has nothing to get to.
    assert.equal(presentPool(scriptedPool({ wanted: 4 }), []).contextValue, 'pool+rampStartable');
    assert.equal(presentPool(scriptedPool({ wanted: 1 }), []).contextValue, 'pool');
  });
});

describe('the tooltip of a worker', () => {
  it('tells all that is known of it', () => {
    const text = workerTooltip(
      scriptedWorker({
        labels: { domain: 'law' },
        job: scriptedJob(212, 0.43),
        jobsFailed: 2,
        lastError: 'bang',
      }),
      NOON,
    );
    for (const part of [
      'PID 4711, up 2 h, launch 1',
      '212 of sweep, attempt 1, running 20 min, 43 %, step 86 of 200',
      'alpha=0.1 seed=212',
      'domain: law',
      '1.2 GB, 98 % of one core',
      '3 s ago',
      '12 jobs done, 2 failed',
      'simulate.py, python: tasks run',
      'bang',
    ]) {
      assert.ok(text.includes(part), `${part} is missing in\n${text}`);
    }
  });

  it('lets no error become a link, a cell or a heading', () => {
    const text = workerTooltip(
      scriptedWorker({ lastError: 'a | b\n# c [d](command:e) <img src=x> $(zap)' }),
      NOON,
    );
    assert.ok(text.endsWith('a \\| b \\# c \\[d\\](command:e) &lt;img src=x&gt; \\$(zap) |'), text);
  });
});
