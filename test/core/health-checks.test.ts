/** What makes a worker healthy, and what is said of one that is not. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkWorker, isHealthy, type HealthFacts } from '../../src/core/health-checks.ts';
import { healthThresholds } from '../../src/core/health-settings.ts';
import { outputFiles } from '../../src/core/output-pattern.ts';
import { addOutcome, RECENT_OUTCOMES } from '../../src/core/recent-outcomes.ts';

const WELL: HealthFacts = {
  state: 'RUNNING',
  reason: 'registered',
  pid: 4711,
  isGone: false,
  interval: 30,
  heartbeatAge: 12,
  response: { answered: true, took: 3.4 },
  outcomes: '.'.repeat(40),
  memory: 120e6,
  outputs: { files: 3, problems: [] },
};
const LIMITS = healthThresholds({ heartbeat: 30 });

type Case = [what: string, facts: Partial<HealthFacts>, ...findings: string[]];

const CASES: Case[] = [
  ['well', {}],
  ['well while it drains', { state: 'DRAINING' }],
  ['not asked yet', { response: undefined, outputs: undefined, memory: undefined }],
  ['dead', { state: 'DEAD', reason: 'drained' }, 'process: DEAD: drained'],
  ['failed', { state: 'FAILED', reason: 'was killed by SIGSEGV' }, 'process: FAILED: was killed by SIGSEGV'],
  ['gone before anybody was told', { isGone: true }, 'process: process 4711 is gone'],
  ['not there yet', { state: 'STARTING', pid: undefined }, 'process: is being started'],
  ['not registered', { state: 'STARTING' }, 'process: process 4711 has not registered yet'],
  ['frozen by hand', { isFrozen: true, heartbeatAge: 9_000, response: { answered: false, took: 5000 } }],
  ['one interval late', { heartbeatAge: 60 }],
  [
    'two intervals late',
    { heartbeatAge: 61 },
    'heartbeat: last heartbeat 1 min 1 s ago, one every 30 s (limit 1 min)',
  ],
  ['never heard', { heartbeatAge: undefined }, 'heartbeat: no heartbeat yet, one every 30 s'],
  ['mute', { response: { answered: false, took: 5000 } }, 'response: no answer in 5 s'],
  ['of a slow job', { progress: { state: 'slow', reason: 'slow: …' } }],
  [
    'of a job that stands still',
    { progress: { state: 'stopped', reason: 'no progress for 3 h; its longest pause until then was 2 min' } },
    'completion: 40 of its last 40 attempts got done; its job: no progress for 3 h; its longest pause until then was 2 min',
  ],
  ['three failures of nine are no rate', { outcomes: '......xxx' }],
  ['one of eleven', { outcomes: '..........x' }],
  ['one of ten', { outcomes: '.........x' }, 'errors: 1 of its last 10 attempts failed (limit 10 %)'],
  ['two of ten', { outcomes: '........xx' }, 'errors: 2 of its last 10 attempts failed (limit 10 %) (alert)'],
  ['over the default memory', { memory: 501e6 }, 'memory: uses 501 MB of 500 MB'],
  [
    'a file is missing',
    { outputs: { files: 3, problems: [{ job: 7, file: 'r/7.csv', problem: 'is missing' }] } },
    'outputs: r/7.csv of job 7 is missing',
  ],
  [
    'all at once',
    {
      heartbeatAge: 90,
      outcomes: 'x'.repeat(10),
      outputs: {
        files: 2,
        problems: [
          { job: 7, file: 'r/7.csv', problem: 'is empty' },
          { job: 8, file: 'r/8.csv', problem: 'is missing' },
        ],
      },
    },
    'heartbeat: last heartbeat 1 min 30 s ago, one every 30 s (limit 1 min)',
    'errors: 10 of its last 10 attempts failed (limit 10 %) (alert)',
    'outputs: r/7.csv of job 7 is empty; 1 more',
  ],
];

describe('a worker', () => {
  for (const [what, facts, ...findings] of CASES) {
    it(`${what}: ${findings.length === 0 ? 'healthy' : 'not healthy, with the reason'}`, () => {
      const checks = checkWorker({ ...WELL, ...facts }, LIMITS);
      const failed = checks.filter(({ ok }) => !ok);
      assert.deepEqual(
        failed.map(({ name, message, alert }) => `${name}: ${message}${alert ? ' (alert)' : ''}`),
        findings,
      );
      assert.equal(isHealthy(checks), findings.length === 0);
    });
  }

  it('is judged by the thresholds of its pool, and by the defaults for what that does not say', () => {
    const limits = healthThresholds({ heartbeat: 5, memory: 8e9, health: { errors: 0.5, stalled: 60 } });
    assert.deepEqual(limits, {
      heartbeat: 10,
      stalled: 60,
      offline: 50,
      errors: 0.5,
      alert: 0.5,
      memory: 8e9,
      progress: 600,
    });
    assert.deepEqual(healthThresholds(undefined), {
      heartbeat: 60,
      stalled: 180,
      offline: 300,
      errors: 0.1,
      alert: 0.2,
      memory: 500e6,
      progress: 600,
    });
  });

  it('is forgiven failures that are long ago', () => {
    let outcomes = 'x'.repeat(RECENT_OUTCOMES);
    for (let job = 0; job < RECENT_OUTCOMES; job++) outcomes = addOutcome(outcomes, false);
    assert.equal(outcomes, '.'.repeat(RECENT_OUTCOMES));
  });
});

describe('the files a job should leave', () => {
  it('are named by its parameters', () => {
    const patterns = ['results/{site}-{seed}.csv', 'logs/{run}.txt', 'all.csv'];
    assert.deepEqual(outputFiles(patterns, { site: 'Bern', seed: 3 }), ['results/Bern-3.csv', 'all.csv']);
  });
});
