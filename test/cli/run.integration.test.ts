/** `nightcrew run` with a real supervisor and real workers. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ControlClient } from '../../src/control/client-contract.ts';
import { signalProcess } from '../../src/keeper/process-identity.ts';
import { TemporaryCrew } from '../supervisor/temporary-crew.ts';
import { runCli, startCli, type CliProcess } from './cli-process.ts';

const QUICK = `
pools: { tag: { command: python3 tasks.py, workers: 2 } }
batches: { sweep: { pool: tag, matrix: { alpha: [0.1, 0.2], seed: 1..10 } } }
`;

/** Each job ends when the file of its number is there. */
const HELD = `
pools: { tag: { command: python3 tasks.py, workers: 2 } }
batches: { held: { pool: tag, task: wait, jobs: [{ file: go-1 }, { file: go-2 }, { file: go-3 }, { file: go-4 }] } }
`;

function release(crew: TemporaryCrew, ...jobs: number[]): void {
  for (const job of jobs) writeFileSync(join(crew.workspace, `go-${job}`), '');
}

/** Waits until a run looks on and so many jobs are at work. Its next line would say so only seconds later. */
async function atWork(crew: TemporaryCrew, runs: CliProcess[], running: number): Promise<ControlClient> {
  for (const run of runs) await run.shows(/ 0 of \d jobs? ended/);
  const client = (await crew.connectOnly())!;
  await crew.until(client, 'its jobs to be at work', ({ pools }) => pools[0]?.counts.running === running);
  return client;
}

describe('nightcrew run', () => {
  it('works a crew file off, writes the results and leaves no process behind', async () => {
    await using crew = TemporaryCrew.make(QUICK);
    const { exitCode, stdout, stderr } = await runCli(crew, 'run');
    assert.equal(stderr, '');
    assert.equal(exitCode, 0);
    assert.match(stdout, /^sweep: 20 jobs enqueued for tag\.$/m);
    assert.match(stdout, /^sweep +20 +20 +0 +\.nightcrew\/results\/sweep\.csv$/m);
    assert.match(stdout, /^The crew has ended\.$/m);
    assert.equal(await crew.connectOnly(), undefined);
    const rows = readFileSync(join(crew.workspace, '.nightcrew', 'results', 'sweep.csv'), 'utf8')
      .trim()
      .split('\n');
    assert.equal(rows.length, 21);
    assert.match(rows[0]!, /^job,state,attempts,worker,seconds,alpha,seed,/);

    const again = await runCli(crew, 'run');
    assert.equal(again.exitCode, 0);
    assert.match(again.stdout, /^sweep: was worked off before, unchanged; --again does it anew\.$/m);
    assert.match(again.stdout, /^Nothing was done\.$/m);
  });

  it('ends with 1 for jobs that failed, with their reasons, and `nightcrew job` tells more', async () => {
    await using crew = TemporaryCrew.make(`
pools: { tag: { command: python3 tasks.py, attempts: 2, backoff: 0s } }
batches: { bad: { pool: tag, task: fail, jobs: [{ message: no root }, { message: no end }] } }
`);
    const { exitCode, stdout } = await runCli(crew, 'run');
    assert.equal(exitCode, 1);
    assert.match(
      stdout,
      /^2 jobs failed:\n {2}job 1 message=no root\n {4}ValueError: no root \(2 attempts\)$/m,
    );
    assert.match(stdout, /`nightcrew up --no-workers`, then `nightcrew job 1`/);

    assert.equal((await runCli(crew, 'up --no-workers')).exitCode, 0);
    const job = await runCli(crew, 'job 1');
    assert.match(job.stdout, /^Attempt 2: failed on tag-1 after /m);
    assert.match(job.stdout, /Traceback \(most recent call last\)/);
    const none = await runCli(crew, 'job 4711');
    assert.equal(none.exitCode, 2);
    assert.match(none.stderr, /^error: There is no job 4711\./);
  });

  it('does not wait for ever for workers that cannot start', async () => {
    await using crew = TemporaryCrew.make(`
pools:
  missing: { command: no-such-program worker.py }
  exits: { command: python3 raw.py exits }
  silent: { command: python3 raw.py silent, startup: 1s }
batches:
  first: { pool: missing, matrix: { seed: 1..3 } }
  second: { pool: exits, matrix: { seed: 1..3 } }
  third: { pool: silent, matrix: { seed: 1..3 } }
`);
    const { exitCode, stdout, stderr } = await runCli(crew, 'run');
    assert.equal(exitCode, 1);
    assert.match(stderr, /^error: missing-1: command not found: no-such-program /m);
    assert.match(
      stderr,
      /^error: exits-1: ended with exit code 3 before it registered: cannot find my model$/m,
    );
    assert.match(stderr, /^ {2}at: .*worker_exits-1\.log\n {2}\| cannot find my model$/m);
    assert.match(stderr, /^error: silent-1: did not register within 1 s/m);
    for (const pool of ['missing', 'exits', 'silent']) {
      assert.match(
        stderr,
        new RegExp(`^error: 3 jobs of pool ${pool} cannot be done: none of its workers could go on`, 'm'),
      );
    }
    assert.match(stdout, /The crew has ended; 9 jobs stay in the queue\./);
  });

  it('goes on when its only worker has crashed and is started again', async () => {
    await using crew = TemporaryCrew.make(`
pools: { tag: { command: python3 tasks.py, workers: 1, backoff: 0s } }
batches: { once: { pool: tag, task: crash, jobs: [{}] } }
`);
    const { exitCode, stdout } = await runCli(crew, 'run');
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /^warning: tag-1 failed: was killed by SIGSEGV/m);
    assert.match(stdout, /^once +1 +1 +0 /m);
  });

  it('goes on where it was left by SIGTERM, the crew having worked meanwhile', async () => {
    await using crew = TemporaryCrew.make(HELD);
    const first = startCli(crew, 'run');
    const client = await atWork(crew, [first], 2);
    first.child.kill('SIGTERM');
    const { exitCode, stdout } = await first.result;
    assert.equal(exitCode, 143);
    assert.match(stdout, /^The crew works on in the background \(0 of 4 jobs have ended\)\.$/m);

    release(crew, 1, 2);
    await crew.until(client, 'two jobs to be done', ({ batches }) => batches[0]?.counts.done === 2);
    const second = startCli(crew, 'run');
    await second.shows(/held: goes on, 2 of 4 jobs left\./);
    await second.shows(/2 of 4 jobs ended, 2 running/);
    release(crew, 3, 4);
    const result = await second.result;
    assert.equal(result.exitCode, 0);
    assert.match(result.stdout, /^held +4 +4 +0 /m);
    assert.match(result.stdout, /^2 jobs in /m);
    assert.match(result.stdout, /^The crew goes on running; `nightcrew down` ends it\.$/m);

    const down = await runCli(crew, 'down');
    assert.equal(down.exitCode, 0);
    assert.match(down.stdout, /^The crew has ended\.\n$/m);
    assert.equal(await crew.connectOnly(), undefined);
  });

  it('does not end the crew under another run', async () => {
    await using crew = TemporaryCrew.make(`
pools: { tag: { command: python3 tasks.py, workers: 2 } }
batches:
  one: { pool: tag, task: wait, jobs: [{ file: go-1 }] }
  two: { pool: tag, task: wait, jobs: [{ file: go-2 }] }
`);
    const [first, second] = [startCli(crew, 'run one'), startCli(crew, 'run two')];
    const client = await atWork(crew, [first, second], 2);
    release(crew, 1);
    const early = await first.result;
    assert.equal(early.exitCode, 0, early.stderr);
    assert.match(early.stdout, /works with the crew; it goes on\.$|The crew goes on running/m);
    const { workers } = await client.request('status', {});
    assert.deepEqual(
      workers.map(({ state }) => state),
      ['RUNNING', 'RUNNING'],
    );
    release(crew, 2);
    const late = await second.result;
    assert.equal(late.exitCode, 0, late.stderr);
    assert.match(late.stdout, /^two +1 +1 +0 /m);
  });

  it('does not notice that its supervisor was killed', async () => {
    await using crew = TemporaryCrew.make(HELD);
    const run = startCli(crew, 'run');
    await atWork(crew, [run], 2);
    const supervisor = (await crew.supervisor())!;
    await signalProcess(supervisor, 'SIGKILL');
    release(crew, 1, 2, 3, 4);
    const { exitCode, stdout, stderr } = await run.result;
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^held +4 +4 +0 /m);
    assert.match(stdout, /^4 jobs in /m);
  });
});
