import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { collectSettings, readSettings, SETTINGS } from '../../src/core/settings.ts';

const nothing = (): undefined => undefined;

describe('settings', () => {
  it('are the defaults when nobody gives any', () => {
    assert.deepEqual(collectSettings(nothing, {}), []);
    assert.deepEqual(readSettings([]), {
      settings: { taskTimeout: 172_800, startupTimeout: 30, heartbeatInterval: 30, cleanupAge: 300 },
      problems: [],
    });
  });

  it('come from the environment by the names that it has for them', () => {
    const given = collectSettings(nothing, {
      WORKER_MAX_COUNT: '6',
      WORKER_TASK_TIMEOUT: '3600',
      WORKER_STARTUP_TIMEOUT: '1m',
      WORKER_HEARTBEAT_INTERVAL: ' 5 ',
      WORKER_LOG_DIR: '/scratch/logs',
      WORKER_QUEUE_NAME: 'simulate',
      WORKER_CLEANUP_AGE: '1h',
      WORKER_OTHER: 'x',
    });
    assert.deepEqual(readSettings(given), {
      settings: {
        maxWorkers: 6,
        taskTimeout: 3600,
        startupTimeout: 60,
        heartbeatInterval: 5,
        logFolder: '/scratch/logs',
        queueName: 'simulate',
        cleanupAge: 3600,
      },
      problems: [],
    });
  });

  it('of the editor go before those of the environment', () => {
    const given = collectSettings((key) => (key === 'nightcrew.taskTimeout' ? '2h' : ''), {
      WORKER_TASK_TIMEOUT: '1h',
      WORKER_CLEANUP_AGE: '',
    });
    assert.deepEqual(given, [{ name: 'taskTimeout', text: '2h', from: 'nightcrew.taskTimeout' }]);
    const count = collectSettings((key) => (key === 'nightcrew.maxWorkers' ? 3 : undefined), {});
    assert.equal(readSettings(count).settings.maxWorkers, 3);
  });

  const wrong: [variable: string, text: string, problem: string][] = [
    ['WORKER_MAX_COUNT', '0', 'must be a whole number from 1, like 4, not "0".'],
    ['WORKER_MAX_COUNT', 'four', 'must be a whole number from 1, like 4, not "four".'],
    [
      'WORKER_TASK_TIMEOUT',
      '-1',
      'must be a number of seconds, or a duration like 30s, 5m, 48h or 2d, at most 3650d, not "-1".',
    ],
    [
      'WORKER_HEARTBEAT_INTERVAL',
      '0',
      'must be a duration from 100ms to 1d, or a number of seconds, not "0".',
    ],
    [
      'WORKER_HEARTBEAT_INTERVAL',
      '99999999d',
      'must be a duration from 100ms to 1d, or a number of seconds, not "99999999d".',
    ],
    [
      'WORKER_CLEANUP_AGE',
      'never',
      'must be a number of seconds, or a duration like 30s, 5m, 48h or 2d, at most 3650d, not "never".',
    ],
  ];
  for (const [variable, text, problem] of wrong) {
    it(`says what is wrong with ${variable}=${text}`, () => {
      const { problems } = readSettings(collectSettings(nothing, { [variable]: text }));
      assert.deepEqual(
        problems.map(({ from, message }) => [from, message]),
        [[variable, `${variable} ${problem}`]],
      );
    });
  }

  it('have names of their own', () => {
    for (const key of ['name', 'variable', 'configuration'] as const)
      assert.equal(new Set(SETTINGS.map((setting) => setting[key])).size, SETTINGS.length);
  });
});
