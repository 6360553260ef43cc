import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { waitFor } from '../wait-for.ts';
import type { FakeHost } from './fake-host.ts';
import { isWatching, scene, sweep } from './run-scene.ts';

describe('Ctrl-C during nightcrew run', () => {
  /** A run on a terminal, interrupted after 212 jobs and answered so. */
  async function interrupted(test: TestContext, ...answers: FakeHost['terminal']['answers']) {
    const { host, client } = scene(test);
    Object.assign(host.terminal, { interactive: true, canAsk: true, answers });
    const run = host.run('run');
    await isWatching(host);
    client.change({ batches: [sweep(386, 2)] });
    host.signal('SIGINT');
    return { host, client, run };
  }

  it('asks what to do with the work', async (test) => {
    const { host, run } = await interrupted(test, { text: 'what?' }, { text: 'b' });
    assert.equal(await run, 0);
    assert.equal(host.terminal.questions.length, 2);
    assert.match(host.terminal.output, /^212 of 600 jobs have ended, 2 are running\. What now\?$/m);
  });

  it('b, or Ctrl-C again, leaves the crew at work', async (test) => {
    for (const answer of [{ text: 'B' }, 'interrupted', 'closed'] as const) {
      const { host, client, run } = await interrupted(test, answer);
      assert.equal(await run, 0);
      assert.match(
        host.terminal.output,
        /^The crew works on in the background \(212 of 600 jobs have ended\)\.$/m,
      );
      for (const method of ['down', 'drain', 'abort'] as const) assert.deepEqual(client.asked(method), []);
    }
  });

  it('f finishes what runs, then ends the crew', async (test) => {
    const { host, client, run } = await interrupted(test, { text: 'f' });
    assert.equal(await run, 1);
    assert.deepEqual(client.asked('drain'), [{ select: { all: true }, wait: true }]);
    assert.deepEqual(client.asked('down'), [{ mode: 'stop' }]);
    assert.match(host.terminal.output, /^sweep +600 +212 +0 +388 +/m);
  });

  it('a aborts', async (test) => {
    const { client, run } = await interrupted(test, { text: 'a' });
    assert.equal(await run, 1);
    assert.deepEqual(client.asked('abort'), [{ select: { all: true } }]);
    assert.deepEqual(client.asked('down'), [{ mode: 'stop' }]);
  });

  it('c, or Enter, goes on', async (test) => {
    const { host, client, run } = await interrupted(test, { text: '' });
    await waitFor('the display', () => host.terminal.region !== undefined);
    client.change({ batches: [sweep(0, 0)] });
    assert.equal(await run, 0);
  });

  it('leaves the crew at work where nobody can be asked', async (test) => {
    for (const [signal, exitCode] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      const { host, client } = scene(test);
      const run = host.run('run');
      await isWatching(host);
      host.signal(signal);
      assert.equal(await run, exitCode);
      assert.deepEqual(client.asked('down'), []);
      assert.match(host.terminal.output, /^ {2}nightcrew run {14}comes back to it$/m);
    }
  });
});
