import assert from 'node:assert/strict';
import { it } from 'node:test';
import { resultText } from '../../src/cli/job-text.ts';
import type { JobRow } from '../../src/core/job-records.ts';

it('shows what the last attempt of a job came to, and nothing of one that runs', () => {
  const error = { type: 'exit code 3', message: 'Its worker ended (exit code 3).' };
  const cases: [Partial<JobRow>, string][] = [
    [{ state: 'done', result: { peak: 0.3 } }, '{"peak":0.3}'],
    [{ state: 'done', result: null }, ''],
    [{ state: 'failed', error }, 'Its worker ended (exit code 3).'],
    [{ state: 'pending', error }, 'Its worker ended (exit code 3).'],
    [{ state: 'running', error }, ''],
  ];
  for (const [row, expected] of cases) assert.equal(resultText(row as JobRow), expected);
});
