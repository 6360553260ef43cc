import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changedSinceLaunch, launchSettings } from '../../src/core/launch-settings.ts';
import { POOL_DEFAULTS, type PoolSettings } from '../../src/core/pool.ts';

const POOL: PoolSettings = {
  ...POOL_DEFAULTS,
  name: 'p',
  command: ['python3', 'p.py'],
  protocol: 'command',
  workers: 1,
  attempts: 3,
  env: { A: '1' },
  grace: 10,
};

describe('the settings that have changed since a worker was started', () => {
  const changed = (now: Partial<PoolSettings>): string | undefined =>
    changedSinceLaunch(launchSettings(POOL), { ...POOL, ...now });

  it('are those that it keeps, by the names of the crew file', () => {
    assert.equal(changed({ command: ['python3', 'q.py'] }), 'run');
    assert.equal(changed({ protocol: 'worker' }), 'command');
    assert.equal(changed({ env: { A: '2' } }), 'env');
    assert.equal(changed({ command: ['x'], env: {}, gpus: 1 }), 'run, env and gpus');
  });

  it('are none for what holds at once, and where nobody knows', () => {
    assert.equal(changed({}), undefined);
    assert.equal(changed({ workers: 7, timeout: 1, memory: 5, outputs: ['x'] }), undefined);
    assert.equal(changedSinceLaunch(undefined, POOL), undefined);
    assert.equal(changedSinceLaunch(launchSettings(POOL), undefined), undefined);
  });
});
