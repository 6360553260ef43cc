import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { ErrorCode, Limit, Method, type InitializeResult } from '../../src/protocol/generated/messages.ts';
import { failureOf, sdks } from './sdk-workers.ts';
import { token, WorkerPeer } from './worker-peer.ts';

for (const sdk of sdks) {
  describe(`a worker of the ${sdk.name} SDK`, { timeout: 120_000 }, () => {
    let worker: WorkerPeer;

    async function start(result: Partial<InitializeResult> = {}): Promise<void> {
      worker = new WorkerPeer(sdk.command, result);
      await worker.initialized;
    }

    /** Starts a job that computes until it is cancelled, and waits for it to have begun. */
    async function compute(): Promise<{ answer: Promise<unknown>; cancel: () => void }> {
      const source = new CancellationTokenSource();
      const answer = worker.run('compute', {}, { cancellation: source.token });
      answer.catch(() => {});
      await worker.notification(Method.progress, ({ message }) => message === 'computing');
      return { answer, cancel: () => source.cancel() };
    }

    beforeEach(() => {
      worker = undefined as unknown as WorkerPeer;
    });

    afterEach(async () => {
      await (worker as WorkerPeer | undefined)?.dispose();
    });

    it('says who it is and shows its token', async () => {
      await start();
      const { worker: description, tasks, ...params } = worker.initializeParams!;
      assert.equal(params.token, token);
      assert.equal(params.protocolVersion, 1);
      assert.deepEqual(params.capabilities, { prefetch: 32, cancel: true, progress: true, checkpoint: true });
      assert.equal(description.language, sdk.language);
      assert.deepEqual(tasks[0], { name: 'echo', description: 'Returns its parameters.' });
      assert.deepEqual(tasks[1], { name: 'add' });
    });

    it('ends when it is refused', async () => {
      worker = new WorkerPeer(sdk.command);
      worker.connection.onRequest(Method.initialize, () => {
        throw Object.assign(new Error('the token is not the one of this launch'), {
          code: ErrorCode.tokenRejected,
        });
      });
      const { code } = await worker.exit();
      assert.equal(code, 1);
      assert.match(worker.log, /refused this worker/);
    });

    it('knows who it is, hides its token and keeps its stdin to itself', async () => {
      await start();
      assert.deepEqual(await worker.run('identity'), {
        id: 'tests-1',
        pool: 'tests',
        labels: { annotator: 'ada' },
        token: null,
        stdin: '',
      });
    });

    it('runs a job', async () => {
      await start();
      const parameters = { text: 'Zoë 🜁 "quoted" \\ \u0007', nested: { list: [1, 2.5, null, true] } };
      assert.deepEqual(await worker.run('echo', parameters), parameters);
      assert.equal(await worker.run('add', { a: 1, b: 2 }), 3);
    });

    it('refuses what is above its limit at once, and says what to do instead', async () => {
      await start();
      const large = (what: string, bytes: number): Promise<unknown> => worker.run('large', { what, bytes });
      const failure = await failureOf(large('result', Limit.frame));
      assert.equal(failure.code, ErrorCode.jobFailed);
      assert.equal(failure.data['type'], 'TooLarge');
      assert.match(
        failure.message,
        /the result has 67,108,864 bytes as JSON; at most 67,107,840 can be sent: write the data to a file and return its path$/,
      );
      assert.match(
        String(await large('checkpoint', Limit.checkpoint + 1)),
        /^the checkpoint has 33,554,\d{3} bytes as JSON; at most 33,554,432 can be sent: write the state to a file and save/,
      );
      assert.equal(await large('checkpoint', 1_000), null);
      await worker.notification(
        Method.jobCheckpoint,
        ({ checkpoint }) => (checkpoint as string).length === 998,
      );
      await large('progress', 100_000);
      await worker.notification(
        Method.progress,
        ({ message }) => (message as string)?.length === Limit.progressMessage,
      );
      const long = await failureOf(large('failure', Limit.frame));
      assert.ok(long.message.length < 20_000 && JSON.stringify(long.data).length < 200_000);
      assert.equal(((await large('result', 10_000_000)) as string).length, 9_999_998);
    });

    it('runs a job that is larger than a pipe', async () => {
      await start();
      const parameters = { text: 'Zoë '.repeat(500_000) };
      assert.deepEqual(await worker.run('echo', parameters), parameters);
    });

    it('runs jobs that were sent ahead in their order', async () => {
      await start();
      const order: unknown[] = [];
      const numbers = Array.from({ length: 200 }, (_, number) => number);
      await Promise.all(
        numbers.map(async (number) => order.push(await worker.run('add', { a: number, b: 0 }))),
      );
      assert.deepEqual(order, numbers);
    });

    it('keeps stray prints off stdout', async () => {
      await start();
      assert.equal(await worker.run('chatter'), 'quiet');
      assert.equal(await worker.run('add', { a: 1, b: 1 }), 2);
      const expected = sdk.language === 'python' ? /from a child/ : /process\.stdout/;
      await worker.logged(expected);
      assert.deepEqual(worker.stray.join(''), sdk.language === 'python' ? 'printed before run()\n' : '');
    });

    it('answers an exception with its traceback, and goes on', async () => {
      await start();
      const failure = await failureOf(worker.run('fail'));
      assert.equal(failure.code, ErrorCode.jobFailed);
      assert.equal(failure.data['type'], 'ValueError');
      assert.equal(failure.data['message'], 'no such site: Zürich');
      assert.match(failure.data['traceback'] as string, /worker\.(py|cjs)/);
      assert.equal(await worker.run('add', { a: 1, b: 1 }), 2);
    });

    it('answers a result that JSON cannot hold', async () => {
      await start();
      const failure = await failureOf(worker.run('unprintable'));
      assert.equal(failure.code, ErrorCode.jobFailed);
      assert.match(failure.data['message'] as string, /result.*|JSON/);
    });

    it('answers an unknown task with those it has', async () => {
      await start();
      const failure = await failureOf(worker.run('paint'));
      assert.equal(failure.code, ErrorCode.taskUnknown);
      assert.ok((failure.data['tasks'] as string[]).includes('echo'));
    });

    it('names the parameters that do not fit', async () => {
      await start();
      const failure = await failureOf(worker.run('add', { a: 1, c: 3 }));
      assert.equal(failure.code, ErrorCode.parametersInvalid);
      assert.deepEqual(failure.data, { missing: ['b'], unexpected: ['c'] });
    });

    it('reports progress', async () => {
      await start();
      assert.equal(await worker.run('report', {}, { jobId: 7, attempt: 3 }), 'reported');
      assert.deepEqual(worker.notifications, [
        { method: '$/progress', params: { jobId: 7, attempt: 3, fraction: 0.25, message: 'a quarter' } },
        { method: '$/progress', params: { jobId: 7, attempt: 3, message: 'no number' } },
      ]);
    });

    it('saves a checkpoint and goes on from one', async () => {
      await start();
      assert.equal(await worker.run('resume', {}, { jobId: 7, attempt: 1 }), null);
      const { checkpoint } = await worker.notification(Method.jobCheckpoint);
      assert.deepEqual(checkpoint, { day: 50 });
      assert.deepEqual(await worker.run('resume', {}, { jobId: 7, attempt: 2, checkpoint }), { day: 50 });
    });

    it('cancels the running job', async () => {
      await start();
      const { answer, cancel } = await compute();
      cancel();
      assert.equal((await failureOf(answer)).code, ErrorCode.jobCancelled);
      assert.equal(await worker.run('add', { a: 1, b: 1 }), 2);
    });

    it('answers a cancelled job that waits at once, and never runs it', async () => {
      await start();
      const running = await compute();
      const source = new CancellationTokenSource();
      const waiting = worker.run('report', {}, { cancellation: source.token });
      const behind = worker.run('add', { a: 1, b: 1 });
      source.cancel();
      assert.equal((await failureOf(waiting)).code, ErrorCode.jobCancelled);
      running.cancel();
      assert.equal(await behind, 2);
      assert.equal(
        worker.notifications.some(({ params }) => params['message'] === 'a quarter'),
        false,
      );
    });

    it('beats while a job computes and while none does', async () => {
      await start({ heartbeatInterval: 0.05 });
      const idle = await worker.notification(Method.workerHeartbeat, (params) => !('jobId' in params));
      assert.ok((idle['memory'] as number) > 1_000_000);
      const { cancel } = await compute();
      const computing = await worker.notification(Method.workerHeartbeat, (params) => 'jobId' in params);
      assert.deepEqual([computing['jobId'], computing['attempt']], [1, 1]);
      cancel();
      await worker.notification(
        Method.workerHeartbeat,
        (params) => !('jobId' in params),
        worker.notifications.length,
      );
    });

    it('answers a ping while a job computes and while none does', async () => {
      await start();
      assert.deepEqual(await worker.connection.sendRequest(Method.workerPing, {}), {});
      await compute();
      assert.deepEqual(await worker.connection.sendRequest(Method.workerPing, {}), {});
      assert.deepEqual(await worker.connection.sendRequest(Method.workerPing, {}), {});
    });

    it('refuses a method it does not know', async () => {
      await start();
      assert.equal(
        (await failureOf(worker.connection.sendRequest('worker/paint', {}))).code,
        ErrorCode.methodNotFound,
      );
    });

    it('ends with its stdin while no job computes', async () => {
      await start();
      worker.process.stdin.end();
      assert.deepEqual(await worker.exit(), { code: 0, signal: null });
    });

    it('ends with its stdin while a job computes', async () => {
      await start();
      await compute();
      worker.process.stdin.end();
      const { code, signal } = await worker.exit();
      assert.ok(code === 0 || signal === 'SIGKILL');
    });

    it('finishes what it has and takes no more when it drains', async () => {
      await start();
      const running = await compute();
      const waiting = worker.run('add', { a: 1, b: 1 });
      await worker.connection.sendNotification(Method.workerDrain, {});
      const late = await failureOf(worker.run('add', { a: 2, b: 2 }));
      assert.equal(late.code, ErrorCode.draining);
      running.cancel();
      assert.equal(await waiting, 2);
      await worker.shutDown();
      assert.deepEqual(await worker.exit(), { code: 0, signal: null });
    });

    it('shuts down when the running job has ended, and returns those that wait', async () => {
      await start();
      const running = await compute();
      const waiting = failureOf(worker.run('add', { a: 1, b: 1 }));
      let answered = false;
      const shutdown = worker.connection.sendRequest(Method.shutdown).then((result) => {
        answered = true;
        return result;
      });
      assert.equal((await waiting).code, ErrorCode.draining);
      await worker.connection.sendRequest(Method.workerPing, {});
      assert.equal(answered, false);
      running.cancel();
      await failureOf(running.answer);
      assert.equal(await shutdown, null);
      await worker.connection.sendNotification(Method.exit);
      assert.deepEqual(await worker.exit(), { code: 0, signal: null });
    });

    it('ends with code 1 when exit comes without shutdown', async () => {
      await start();
      await worker.connection.sendNotification(Method.exit);
      assert.deepEqual(await worker.exit(), { code: 1, signal: null });
    });

    it('ends at exit while a job computes', async () => {
      await start();
      await compute();
      await worker.connection.sendNotification(Method.exit);
      const { code, signal } = await worker.exit();
      assert.ok(code === 1 || signal === 'SIGKILL');
    });

    it('is not ended by Ctrl-C', async () => {
      await start();
      worker.process.kill('SIGINT');
      assert.equal(await worker.run('add', { a: 1, b: 1 }), 2);
    });
  });
}
