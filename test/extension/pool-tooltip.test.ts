import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PoolForecast } from '../../src/control/pool-forecast.ts';
import { forecastText, poolTooltip } from '../../src/extension/pool-tooltip.ts';
import { FakeClient } from '../fake-client.ts';
import { scriptedCrew, scriptedPool } from './scripted-crew.ts';

const MIDNIGHT = new Date(2026, 10, 22).getTime();
const HOUR = 3600;

function forecast(seconds?: number, then?: number, change: Partial<PoolForecast> = {}): PoolForecast {
  const known = (value: number | undefined): object => (value === undefined ? {} : { seconds: value });
  return {
    pool: 'simulate',
    left: 391,
    workers: 2,
    reason: seconds === undefined ? 'no job of task run has ended yet' : 'from 200 ended jobs',
    ...known(seconds),
    whatIf: { workers: 3, reason: 'from 20 ended jobs', ...known(then) },
    ...change,
  };
}

describe('the forecast of a pool', () => {
  const cases: [what: string, PoolForecast, expected: string][] = [
    [
      'when the work ends, and with one worker more',
      forecast(6.67 * HOUR, 5.17 * HOUR),
      'Ends about 06:40; with one more worker about 05:10 (from 200 ended jobs).',
    ],
    [
      'on which day, where that is another one',
      forecast(50 * HOUR, 25.5 * HOUR),
      'Ends about Tue 24 Nov, 02:00; with one more worker about Mon 23 Nov, 01:30 (from 200 ended jobs).',
    ],
    ['why it is unknown', forecast(), 'When it ends is unknown: no job of task run has ended yet.'],
    [
      'what one worker would do where there is none',
      forecast(undefined, 2 * HOUR, {
        workers: 0,
        reason: 'without a worker the work never ends',
        whatIf: { workers: 1, seconds: 2 * HOUR, reason: 'from 20 ended jobs' },
      }),
      'When it ends is unknown: without a worker the work never ends; with one more worker about 02:00 (from 20 ended jobs).',
    ],
    ['nothing where nothing is left', forecast(0, 0, { left: 0 }), ''],
  ];
  for (const [what, of, expected] of cases) {
    it(`says ${what}`, () => assert.equal(forecastText(of, MIDNIGHT), expected));
  }
});

describe('the hover of a pool', () => {
  it('has the command, the rate and the forecast', async () => {
    const client = new FakeClient(scriptedCrew(), {
      forecast: () => ({ at: MIDNIGHT, pools: [forecast(2 * HOUR, HOUR)] }),
    });
    const pool = scriptedPool({ command: ['python3', 'simulate.py'], perMinute: 12 });
    assert.deepEqual((await poolTooltip(pool, client)).split('\n'), [
      'python3 simulate.py',
      '12 jobs a minute',
      'Ends about 02:00; with one more worker about 01:00 (from 200 ended jobs).',
    ]);
    assert.deepEqual(client.asked('forecast'), [{ pool: pool.name }]);
  });

  it('does without the forecast when nobody answers', async () => {
    const pool = scriptedPool({ command: ['python3', 'simulate.py'], perMinute: 0 });
    const client = new FakeClient(scriptedCrew());
    client.vanish();
    assert.equal(await poolTooltip(pool, client), 'python3 simulate.py');
    assert.equal(await poolTooltip(pool, undefined), 'python3 simulate.py');
  });
});
