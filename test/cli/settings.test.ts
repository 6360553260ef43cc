import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { EffectiveSetting } from '../../src/core/effective-settings.ts';
import { crewScene } from './crew-scene.ts';
import { FakeHost } from './fake-host.ts';
import { temporaryWorkspace } from './temporary-workspace.ts';

const CREW = 'pools: { simulate: { command: x, timeout: 12h }, tag: { command: y } }\n';

function alone(test: TestContext, environment: Record<string, string>, crewFile?: string): FakeHost {
  const files: Record<string, string> = crewFile === undefined ? {} : { 'nightcrew.yaml': crewFile };
  const host = new FakeHost(temporaryWorkspace(test, files));
  host.environment = environment;
  return host;
}

async function told(host: FakeHost, exitCode = 0): Promise<Map<string, string>> {
  assert.equal(await host.run('settings --json'), exitCode, host.terminal.errors);
  const held = JSON.parse(host.terminal.output) as EffectiveSetting[];
  return new Map(
    held.map(({ name, pool, value, from }) => [pool ? `${name} of ${pool}` : name, `${value} (${from})`]),
  );
}

describe('nightcrew settings without a supervisor', () => {
  it('shows what a start from here would give, and says that none runs', async (test) => {
    const host = alone(test, { WORKER_HEARTBEAT_INTERVAL: '5s', WORKER_QUEUE_NAME: 'tag' }, CREW);
    const held = await told(host);
    assert.equal(held.get('heartbeatInterval'), '5 (WORKER_HEARTBEAT_INTERVAL)');
    assert.equal(held.get('taskTimeout'), '172800 (default)');
    assert.equal(held.get('taskTimeout of simulate'), '43200 (nightcrew.yaml: pools.simulate.timeout)');
    assert.equal(held.has('taskTimeout of tag'), false);
    assert.match(host.terminal.errors, /^No supervisor is running for .*: so `nightcrew up` would start/);
  });

  it('names a value that cannot be read, and does not show it as what holds', async (test) => {
    const host = alone(test, { WORKER_TASK_TIMEOUT: 'soon' }, CREW);
    assert.equal((await told(host, 2)).get('taskTimeout'), '172800 (default)');
    assert.match(
      host.terminal.errors,
      /^error: WORKER_TASK_TIMEOUT must be .*, not "soon"\.\n {2}next: Correct it, or remove it: without it, 48h holds\.$/m,
    );
  });

  it('goes without a crew file, and reads one with problems as far as it can', async (test) => {
    assert.equal((await told(alone(test, {}))).get('cleanupAge'), '300 (default)');
    const host = alone(test, {}, `${CREW}alert: {}\n`);
    assert.ok((await told(host)).has('taskTimeout of simulate'));
    assert.match(host.terminal.errors, /no setting "alert"[^]*Did you mean "alerts"\?/);
  });
});

describe('a default pool that is not in the crew file', () => {
  const WARNING =
    /^warning: WORKER_QUEUE_NAME names the pool "simluate", which is not in the crew file: commands that name no pool fail\.\n {2}next: Did you mean "simulate"\? Correct it, or remove it\.$/m;

  it('is told by settings', async (test) => {
    const host = alone(test, { WORKER_QUEUE_NAME: 'simluate' }, CREW);
    await told(host);
    assert.match(host.terminal.errors, WARNING);
  });

  it('is told by up, which starts the crew all the same', async (test) => {
    const { host, client } = crewScene(test, { up: () => ({ started: [], kept: ['simulate-1'] }) });
    host.environment = { WORKER_QUEUE_NAME: 'simluate' };
    assert.equal(await host.run('up'), 0);
    assert.match(host.terminal.errors, WARNING);
    assert.ok(client.requests.some(([method]) => method === 'up'));
  });

  it('is not told where it is there', async (test) => {
    const host = alone(test, { WORKER_QUEUE_NAME: 'simulate' }, CREW);
    await told(host);
    assert.doesNotMatch(host.terminal.errors, /warning/);
  });
});
