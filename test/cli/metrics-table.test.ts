import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MetricPoint } from '../../src/control/metrics-report.ts';
import { renderMetrics } from '../../src/cli/commands/metrics.ts';
import { sparkline } from '../../src/cli/sparkline.ts';
import { NO_COLORS } from '../../src/cli/terminal.ts';
import { NOON } from '../extension/scripted-crew.ts';

const HOUR = 3_600_000;
const point: MetricPoint = {
  at: NOON,
  observed: 600,
  workers: 2,
  load: 1,
  busy: 0.5,
  memory: 1.2e9,
  memoryMax: 2.5e9,
  cpu: 98.4,
  cpuMax: 400,
  done: 1_200,
  failed: 3,
  perMinute: 120.3,
};

describe('a row of bars', () => {
  it('goes from the lowest bar to the highest, and leaves blank what is not known', () => {
    assert.equal(sparkline([0, 1, undefined, 4, 8, 9], 8), '▁▂ ▅██');
    assert.equal(sparkline([0, 0], 0), '▁▁');
  });
});

describe('the table of figures over time', () => {
  const report = {
    since: NOON,
    until: NOON + 4 * HOUR,
    step: 3_600,
    series: [
      { pool: 'simulate', overall: point, points: [point, { ...point, at: NOON + 2 * HOUR, busy: 1 }] },
      {
        pool: 'simulate',
        worker: 'simulate-1',
        overall: { at: NOON, observed: 60, workers: 1, load: 0, busy: 0, done: 0, failed: 0, perMinute: 0 },
        points: [],
      },
      { pool: 'gone', points: [] },
    ],
  };

  it('has a row for who was seen, with a blank where nobody was', () => {
    const [head, pool, worker, blank, note] = renderMetrics(report, NO_COLORS);
    assert.match(head!, /^POOL, WORKER +BUSY .* CPU .* MEMORY +AT MOST .* DONE +FAILED +PER MINUTE$/);
    assert.match(pool!, /^simulate +50 % +▅ █ +98 % +█ █ +1\.2 GB +2\.5 GB +█ █ +1,200 +3 +120$/);
    assert.match(worker!, /^ {2}simulate-1 +0 % +0 +0 +0\.00$/);
    assert.equal(blank, '');
    assert.match(note!, /each bar 1 h/);
  });

  it('says when there is nothing to show', () => {
    assert.deepEqual(renderMetrics({ ...report, series: [] }, NO_COLORS), [
      'Nothing was seen in that time: no worker lived.',
    ]);
  });
});
