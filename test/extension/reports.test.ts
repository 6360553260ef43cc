import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobDetail } from '../../src/core/job-records.ts';
import type { HealthReport } from '../../src/control/health-report.ts';
import type { Explanation } from '../../src/core/explanation.ts';
import { explanationMarkdown, stepTitle } from '../../src/extension/reports/explanation-report.ts';
import { healthReportMarkdown, healthSummary } from '../../src/extension/reports/health-report.ts';
import { jobReportMarkdown } from '../../src/extension/reports/job-report.ts';
import { NOON, SCRIPTED_FAILURE } from './scripted-crew.ts';

const report: HealthReport = {
  at: NOON,
  healthy: 1,
  total: 2,
  workers: [
    { worker: 's-1', healthy: true, checks: [{ name: 'process', ok: true, message: 'PID 12 lives' }] },
    {
      worker: 's-2',
      healthy: false,
      checks: [
        { name: 'process', ok: true, message: 'PID 13 lives' },
        { name: 'heartbeat', ok: false, message: '212 s old, limit 180 s' },
      ],
    },
  ],
};

const job: JobDetail = {
  id: 77,
  batch: 1,
  batchName: 'sweep',
  pool: 'simulate',
  route: '',
  task: 'run',
  priority: 0,
  state: 'failed',
  attempts: 1,
  failures: 1,
  maxAttempts: 3,
  parameters: { alpha: 0.1 },
  enqueuedAt: NOON,
  timeout: 172_800,
  attemptHistory: [
    {
      attempt: 1,
      worker: 's-1',
      launch: 1,
      startedAt: NOON,
      finishedAt: NOON + 3000,
      outcome: 'failed',
      error: SCRIPTED_FAILURE,
      logTail: 'look: ``` here',
    },
  ],
};

describe('the health report', () => {
  it('says first what is wrong', () => {
    const text = healthReportMarkdown(report);
    assert.equal(healthSummary(report), '1 of 2 workers are healthy.');
    assert.ok(text.indexOf('- **heartbeat**: 212 s old, limit 180 s') < text.indexOf('## All checks'));
    assert.match(text, /\| s-1 \| ✓ PID 12 lives \| {2}\|/);
  });

  it('says that there is nothing to check', () => {
    assert.equal(
      healthSummary({ ...report, total: 0, healthy: 0, workers: [] }),
      'There is no worker to check.',
    );
  });
});

describe('the report on a job', () => {
  it('has its parameters, each attempt with its error, and the end of the log, fences and all', () => {
    const text = jobReportMarkdown(job);
    assert.match(text, /# Job 77 of sweep/);
    assert.match(text, /"alpha": 0\.1/);
    assert.match(text, /## Attempt 1: failed/);
    assert.match(text, /\*\*LinAlgError: matrix is singular/);
    assert.match(text, /````\nlook: ``` here\n````/);
  });
});

const explanation: Explanation = {
  about: { job: 77 },
  at: NOON,
  state: 'pending',
  headline: 'Job 77 waits because s-1, the only worker of pool s, is paused.',
  facts: [
    { text: '3 jobs of pool s go before it', source: 'queue' },
    { at: NOON, text: 'Attempt 1 failed (a | b) on s-1', source: 'attempt 1', detail: 'Traceback: ``` here' },
  ],
  nextSteps: [
    {
      text: 'Let s-1 take jobs again',
      cli: 'nightcrew resume s-1',
      command: { name: 'resumeWorker', on: { worker: 's-1' } },
    },
    { text: 'Wait: nothing else helps' },
    { text: 'Start the crew', cli: 'nightcrew up s', command: { name: 'startCrew' } },
  ],
};

describe('an explanation', () => {
  it('says why first, then what to do, then what is known, with what has several lines behind it', () => {
    const lines = explanationMarkdown(explanation).split('\n');
    assert.equal(lines[0], '# Job 77 waits because s-1, the only worker of pool s, is paused.');
    assert.deepEqual(
      lines.filter((line) => line.startsWith('- ')),
      [
        '- Let s-1 take jobs again: **Resume s-1** or `nightcrew resume s-1`',
        '- Wait: nothing else helps',
        '- Start the crew: **Start Crew** or `nightcrew up s`',
      ],
    );
    assert.deepEqual(
      lines.filter((line) => line.startsWith('| ')).map((line) => line.split(' | ').slice(1).join(' | ')),
      [
        'What | Recorded in |',
        '3 jobs of pool s go before it | queue |',
        'Attempt 1 failed (a \\| b) on s-1 | attempt 1 |',
      ],
    );
    assert.ok(lines.join('\n').includes('## Attempt 1\n\n````\nTraceback: ``` here\n````'));
  });

  it('has a button for each step that VS Code has a command for', () => {
    assert.deepEqual(explanation.nextSteps.map(stepTitle), ['Resume s-1', undefined, 'Start Crew']);
  });
});
