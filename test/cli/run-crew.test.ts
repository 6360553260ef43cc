import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ControlError, ControlErrorCode } from '../../src/control/control-error.ts';
import { NOON } from '../extension/scripted-crew.ts';
import { waitFor } from '../wait-for.ts';
import { FakeClient } from '../fake-client.ts';
import { isWatching, scene, sweep, worker } from './run-scene.ts';

describe('nightcrew run', () => {
  it('enqueues, starts, shows progress, exports, sums up and ends the crew', async (test) => {
    const { host, client } = scene(test);
    const run = host.run('run');
    await isWatching(host);
    host.clock.advance(10_000);
    client.change({ batches: [sweep(300, 2)] });
    host.clock.advance(10_000);
    client.change({ batches: [sweep(0, 0)] });
    assert.equal(await run, 0);
    assert.deepEqual(
      client.requests.map(([method]) => method).filter((method) => method !== 'status'),
      ['attend', 'enqueueBatches', 'subscribe', 'up', 'exportResults', 'attend', 'down', 'subscribe'],
    );
    assert.deepEqual(client.asked('up'), [{ pools: ['simulate'] }]);
    assert.deepEqual(client.asked('down'), [{ mode: 'drain', unlessAttended: true }]);
    assert.deepEqual(host.terminal.output.replaceAll(/\d\d:\d\d:\d\d/g, 'TIME').split('\n'), [
      'sweep: 600 jobs enqueued for simulate.',
      'TIME 0 of 600 jobs ended, 0 running',
      'TIME 298 of 600 jobs ended, 2 running, 20/s, about 16 s left',
      '',
      'BATCH  JOBS  DONE  FAILED  RESULTS',
      'sweep   600   600       0  .nightcrew/results/1.csv',
      '',
      '600 jobs in 20 s, 30/s.',
      'The crew has ended.',
      '',
    ]);
    assert.equal(host.terminal.errors, '');
  });

  it('names the first failures and ends with 1', async (test) => {
    const failure = { message: 'bad seed', type: 'ValueError' };
    const job = {
      id: 17,
      batch: 1,
      batchName: 'sweep',
      pool: 'simulate',
      route: '',
      task: 'run',
      priority: 0,
      state: 'failed' as const,
      attempts: 3,
      failures: 3,
      maxAttempts: 3,
      parameters: { seed: 17 },
      enqueuedAt: NOON,
      error: failure,
    };
    const attempt = { attempt: 3, worker: 'simulate-1', launch: 1, startedAt: NOON, finishedAt: NOON };
    const { host, client } = scene(test, {
      jobs: () => ({ total: 7, jobs: [job] }),
      job: () => ({
        ...job,
        timeout: 60,
        attemptHistory: [
          { ...attempt, outcome: 'failed', error: failure, logTail: 'reading\nValueError: bad seed\n' },
        ],
      }),
    });
    const run = host.run('run');
    await isWatching(host);
    client.change({ batches: [sweep(0, 0, 7)] });
    assert.equal(await run, 1);
    assert.deepEqual(client.asked('jobs'), [{ batch: 1, states: ['failed'], limit: 5 }]);
    assert.ok(
      host.terminal.output.includes(
        [
          '7 jobs failed:',
          '  job 17 seed=17',
          '    ValueError: bad seed (3 attempts)',
          '    | reading',
          '    | ValueError: bad seed',
          '  … and 6 more; the results name them all.',
          'The crew has ended.',
          'More on a job, with every attempt: `nightcrew up --no-workers`, then `nightcrew job 17`.',
        ].join('\n'),
      ),
      host.terminal.output,
    );
  });

  it('ends with the reason when no worker can go on', async (test) => {
    const { host, client } = scene(test);
    const run = host.run('run');
    await isWatching(host);
    client.change({ workers: [worker({ state: 'FAILED', reason: 'command not found: pyhton' })] });
    assert.equal(await run, 1);
    assert.deepEqual(client.asked('down'), [{ mode: 'stop', unlessAttended: true }]);
    assert.deepEqual(host.terminal.errors.split('\n'), [
      'error: simulate-1: command not found: pyhton',
      '  at: /nowhere/worker_simulate-1.log',
      'error: 600 jobs of pool simulate cannot be done: none of its workers could go on.',
      '  next: Correct that and give `nightcrew run` again: what is done stays done.',
      '',
    ]);
  });

  it('does nothing but sum up what was worked off before', async (test) => {
    const finished = sweep(0, 0);
    const { host, client } = scene(test, {
      enqueueBatches: () => {
        client.change({ batches: [finished] });
        return {
          enqueued: [],
          skipped: [{ name: 'sweep', batch: finished, reason: 'was worked off before, unchanged' }],
        };
      },
    });
    assert.equal(await host.run('run'), 0);
    assert.deepEqual(client.asked('up'), []);
    assert.match(host.terminal.output, /^sweep: was worked off before, unchanged; --again does it anew\.$/m);
    assert.match(host.terminal.output, /^Nothing was done\.$/m);
  });

  it('leaves a crew running that was running before', async (test) => {
    const { host, client } = scene(test);
    host.alive = client;
    client.change({ wanted: true });
    const run = host.run('run');
    await isWatching(host);
    client.change({ batches: [sweep(0, 0)] });
    assert.equal(await run, 0);
    assert.deepEqual(client.asked('down'), []);
    assert.match(host.terminal.output, /^The crew goes on running; `nightcrew down` ends it\.$/m);
  });

  it('ends what it started when the supervisor refuses', async (test) => {
    const { host, client } = scene(test, {
      enqueueBatches: () => {
        throw new ControlError(ControlErrorCode.badInput, 'The row has 1 value.', { place: 'a.csv:3' });
      },
    });
    assert.equal(await host.run('run'), 2);
    assert.deepEqual(client.asked('down'), [{ mode: 'stop', unlessAttended: true }]);
    assert.equal(host.terminal.errors, 'error: The row has 1 value.\n  at: a.csv:3\n');
  });

  it('goes on with the successor of a supervisor that crashed', async (test) => {
    const { host, client } = scene(test);
    const run = host.run('run');
    await isWatching(host);
    const successor = new FakeClient(client.state, client.answers);
    host.alive = undefined;
    client.vanish();
    host.alive = successor;
    await waitFor('the run to follow the successor', () => {
      host.clock.advance(250);
      return successor.asked('subscribe').length > 0;
    });
    successor.change({ batches: [sweep(0, 0)] });
    assert.equal(await run, 0);
    assert.deepEqual(successor.asked('exportResults'), [{ batch: 1 }]);
  });

  it('tells why it can no longer follow, when a newer version took over', async (test) => {
    const { host, client } = scene(test);
    const run = host.run('run');
    await isWatching(host);
    const nextStep = 'Use the newer `nightcrew`.';
    host.refusal = new ControlError(ControlErrorCode.refused, 'The supervisor is of version 9.', {
      nextStep,
    });
    client.vanish();
    const ended = run.then(() => true);
    await waitFor('the run to give up', async () => {
      host.clock.advance(1_000);
      return Promise.race([ended, new Promise<false>((resolve) => setImmediate(resolve, false))]);
    });
    assert.equal(await run, 3);
    assert.equal(host.terminal.errors, `error: The supervisor is of version 9.\n  next: ${nextStep}\n`);
  });

  it('tells what keeps the crew from its work, when it comes and when it was there before', async (test) => {
    const trouble = {
      kind: 'storage',
      message: 'The disk is full.',
      nextStep: 'Free some.',
      since: NOON,
    } as const;
    const early = scene(test);
    early.client.change({ troubles: [trouble] });
    const first = early.host.run('run');
    await isWatching(early.host);
    early.client.change({ batches: [sweep(0, 0)], troubles: [] });
    assert.equal(await first, 0);
    assert.match(early.host.terminal.output, /^The disk is full\.\n {2}next: Free some\.$/m);
    const late = scene(test);
    const second = late.host.run('run');
    await isWatching(late.host);
    const { message, nextStep } = trouble;
    late.client.notify('notice', { severity: 'error', message, nextStep });
    late.client.change({ batches: [sweep(0, 0)] });
    assert.equal(await second, 0);
    assert.match(late.host.terminal.output, /^error: The disk is full\.\n {2}next: Free some\.$/m);
  });

  it('tells what became of the crew before, of a supervisor that it had to start', async (test) => {
    for (const [startedAt, told] of [
      [NOON, 1],
      [NOON - 60_000, 0],
    ] as const) {
      const { host, client } = scene(test);
      const { server } = client.state;
      const start = { cause: 'rebooted', adopted: 0, lost: 4, requeued: 12 } as const;
      const started = new FakeClient({
        ...client.state,
        wanted: true,
        server: { ...server, startedAt, start },
      });
      Object.assign(started.answers, client.answers, { up: () => ({ started: [], kept: ['simulate-1'] }) });
      host.startable = started;
      await host.run('up --no-wait');
      assert.equal(host.terminal.errors.match(/The machine was restarted\. 12 jobs/g)?.length ?? 0, told);
    }
  });

  it('says so when somebody else ends the crew', async (test) => {
    const { host, client } = scene(test);
    const run = host.run('run');
    await isWatching(host);
    client.change({ wanted: false });
    host.alive = undefined;
    client.vanish();
    assert.equal(await run, 3);
    assert.match(
      host.terminal.errors,
      /^error: The supervisor has ended\.\n {2}next: Jobs that are not done stay/,
    );
  });
});
