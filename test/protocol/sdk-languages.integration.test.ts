import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { ErrorCode, Method } from '../../src/protocol/generated/messages.ts';
import { failureOf, sdks } from './sdk-workers.ts';
import { WorkerPeer } from './worker-peer.ts';

const [python, node] = sdks as [(typeof sdks)[0], (typeof sdks)[0]];

describe('a worker of the Python SDK, besides', { timeout: 120_000 }, () => {
  let worker: WorkerPeer;

  beforeEach(async () => {
    worker = new WorkerPeer(python.command);
    await worker.initialized;
  });

  afterEach(() => worker.dispose());

  it('goes on behind run() when it is told to exit', async () => {
    await worker.shutDown();
    await worker.exit();
    assert.match(worker.log, /after run\(\)/);
  });

  it('fails the job, not the worker, when a handler exits', async () => {
    const failure = await failureOf(worker.run('leave'));
    assert.deepEqual([failure.code, failure.data['type']], [ErrorCode.jobFailed, 'SystemExit']);
    assert.equal(await worker.run('add', { a: 1, b: 1 }), 2);
  });

  it('writes arrays as lists, and numbers JSON has no word for as null', async () => {
    assert.deepEqual(await worker.run('array'), { array: [1.5, null], 3: null, tuple: [1, 2] });
    await worker.logged(/result\['array'\]\[1\] is not a finite number/);
  });

  it('names the part of a result that JSON cannot hold', async () => {
    const failure = await failureOf(worker.run('unprintable'));
    assert.equal(failure.data['message'], "result['fit']['model'] is a object, which JSON cannot hold");
  });

  for (const method of ['fork', 'spawn']) {
    it(`may use a multiprocessing pool (${method})`, async () => {
      assert.deepEqual(await worker.run('pool', { method }), [1, 4, 9]);
      await worker.logged(/in the pool/);
    });
  }

  it('lets no forked child speak for it', async () => {
    assert.equal(await worker.run('fork'), 5);
    assert.deepEqual(worker.notifications, []);
  });
});

describe('a worker of the Node.js SDK, besides', { timeout: 120_000 }, () => {
  let worker: WorkerPeer;

  beforeEach(async () => {
    worker = new WorkerPeer(node.command);
    await worker.initialized;
  });

  afterEach(() => worker.dispose());

  it('aborts the signal of a job that is cancelled', async () => {
    const source = new CancellationTokenSource();
    const answer = failureOf(worker.run('awaitSignal', {}, { cancellation: source.token }));
    await worker.notification(Method.progress);
    source.cancel();
    assert.equal((await answer).code, ErrorCode.jobCancelled);
  });

  it('loses no frame to a child that prints to the stdout it inherited', async () => {
    const answers = [worker.run('inherit'), worker.run('inherit'), worker.run('add', { a: 1, b: 1 })];
    assert.deepEqual(await Promise.all(answers), ['noisy', 'noisy', 2]);
    assert.equal(worker.stray.join(''), 'from a child\nfrom a child\n');
  });
});
