/** What a person at a terminal sees and answers: on a pseudo-terminal, with real workers. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { TemporaryCrew } from '../supervisor/temporary-crew.ts';
import { startOnTerminal, type CliProcess } from './cli-process.ts';

const HELD = `
pools: { tag: { command: python3 tasks.py, workers: 2 } }
batches: { held: { pool: tag, task: wait, jobs: [{ file: go }, { file: go }, { file: go }] } }
`;
const ESCAPE = '\u001b';
const CTRL_C = '\u0003';

/** A run whose two workers hold a job each, interrupted once. */
async function interrupted(crew: TemporaryCrew): Promise<CliProcess> {
  const run = startOnTerminal(crew, 'run');
  await run.shows(/(?=[^]*tag-1 +\d held · 25 %)(?=[^]*tag-2 +\d held · 25 %)/);
  run.type(CTRL_C);
  await run.shows(/0 of 3 jobs have ended, 2 are running\. What now\?[^]*b, f, a or c\? /);
  return run;
}

describe('nightcrew on a terminal', { skip: process.platform === 'win32' }, () => {
  it('run shows bars and workers; Ctrl-C asks, c goes on', async () => {
    await using crew = TemporaryCrew.make(HELD);
    const run = await interrupted(crew);
    assert.match(run.shown, /held {2}░{24} {2}0\/3 {2}0 %/);
    assert.match(run.shown, /2 workers · .*Ctrl-C asks what to do/);
    const asked = run.shown.length;
    run.type('c\r');
    await run.shows(/tag-1 +\d held/, asked);
    writeFileSync(join(crew.workspace, 'go'), '');
    const { exitCode, stdout } = await run.result;
    assert.equal(exitCode, 0);
    assert.ok(stdout.includes(`${ESCAPE}[2mBATCH${ESCAPE}[22m`), 'titles are dim');
    assert.match(run.shown, /held +3 +3 +0 +\.nightcrew\/results\/held\.csv/);
    assert.match(run.shown, /The crew has ended\.\s*$/);
    assert.equal(await crew.connectOnly(), undefined);
  });

  it('Ctrl-C twice leaves the crew at work', async () => {
    await using crew = TemporaryCrew.make(HELD);
    const run = await interrupted(crew);
    run.type(CTRL_C);
    assert.equal((await run.result).exitCode, 0);
    assert.match(run.shown, /The crew works on in the background/);
    const client = (await crew.connectOnly())!;
    const { workers } = await client.request('status', {});
    assert.equal(workers.filter(({ job }) => job !== undefined).length, 2);
  });

  it('f finishes the jobs that run, saying what it waits for, and ends the crew', async () => {
    await using crew = TemporaryCrew.make(HELD);
    const run = await interrupted(crew);
    run.type('f\r');
    await run.shows(/Waiting for 2 workers to finish jobs 1, 2\s+tag-1: job \d held · 25 %/);
    writeFileSync(join(crew.workspace, 'go'), '');
    assert.equal((await run.result).exitCode, 1);
    assert.match(run.shown, /held +3 +2 +0 +1 /);
    assert.match(run.shown, /The crew has ended; 1 job stays in the queue\./);
    assert.equal(await crew.connectOnly(), undefined);
  });

  it('a aborts: the jobs go back to the queue', async () => {
    await using crew = TemporaryCrew.make(HELD);
    const run = await interrupted(crew);
    run.type('a\r');
    assert.equal((await run.result).exitCode, 1);
    assert.match(run.shown, /held +3 +0 +0 +3 /);
    assert.match(run.shown, /The crew has ended; 3 jobs stay in the queue\./);
    assert.equal(await crew.connectOnly(), undefined);
  });

  it('abort asks, status --watch is drawn in place and ended by Ctrl-C', async () => {
    await using crew = TemporaryCrew.make(HELD);
    const client = await crew.connect();
    await client.request('enqueueBatches', {});
    await client.request('up', {});
    await crew.until(
      client,
      'both workers to have a job',
      ({ workers }) => workers.filter(({ job }) => job).length === 2,
    );

    const watch = startOnTerminal(crew, 'status --watch', { NO_COLOR: '1' });
    await watch.shows(/tag-2 +RUNNING[^]*\d held · 25 %/);
    const abort = startOnTerminal(crew, 'abort tag-1');
    await abort.shows(/tag-1 loses .* of work on job \d\.\s+.*Abort 1 worker\? \[y\/N\] /);
    abort.type('y\r');
    assert.equal((await abort.result).exitCode, 0);
    assert.match(abort.shown, /tag-1: aborted; job \d is back in the queue/);

    await watch.shows(/tag-1 +DEAD/);
    watch.type(CTRL_C);
    const { exitCode, stdout } = await watch.result;
    assert.equal(exitCode, 130);
    assert.ok(!stdout.split(ESCAPE).some((part) => /^\[[0-9;]+m/.test(part)), 'NO_COLOR means no colours');
  });
});
