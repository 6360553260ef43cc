/** The commands between `up` and `down`, with a real supervisor and real workers. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { CrewState } from '../../src/control/crew-state.ts';
import type { JobDetail, JobRow } from '../../src/core/job-records.ts';
import { TemporaryCrew } from '../supervisor/temporary-crew.ts';
import { runCli, startCli } from './cli-process.ts';

const CREW_FILE = `
pools:
  tag: { command: python3 tasks.py, workers: { domain: [law, news] } }
batches:
  texts: { pool: tag, matrix: { domain: [law, news], text: 1..5 }, match: [domain], check: same }
  doomed: { pool: tag, task: fail, matrix: { message: [no] } }
`;

describe('the commands of a crew', () => {
  it('start, enqueue, look, drain, restart, remove and end', async () => {
    await using crew = TemporaryCrew.make(CREW_FILE);
    const crewFile = join(crew.workspace, 'nightcrew.yaml');
    const run = async (line: string, exitCode = 0): Promise<string> => {
      const result = await runCli(crew, line);
      assert.equal(result.exitCode, exitCode, `${line}: ${result.stdout}${result.stderr}`);
      return result.stdout;
    };
    assert.equal(await run('up'), '2 workers started and registered.\n');
    assert.equal(await run('up'), '0 workers started and registered; 2 workers were running already.\n');
    assert.equal(await run('add tag --label domain=law'), '1 worker added to tag: tag-3.\n');

    assert.match(
      await run('enqueue --batch texts'),
      /^Enqueued 10 jobs into tag as batch 1 "texts" \(jobs 1 to 10\)\.$/m,
    );
    assert.match(await run('enqueue --batch texts'), /^Batch 1 "texts" .*; --again enqueues it anew\.$/m);
    writeFileSync(join(crew.workspace, 'rows.csv'), 'domain,text\nlaw,007\n');
    const enqueued = JSON.parse(await run('enqueue tag --csv rows.csv --name rows --json')) as {
      firstJob: number;
    };
    assert.equal(enqueued.firstJob, 11);
    const client = (await crew.connectOnly())!;
    await crew.until(client, 'the queue to be empty', ({ pools }) => pools[0]!.counts.done === 11);

    const status = JSON.parse(await run('status --json')) as CrewState;
    assert.deepEqual(
      status.workers.map(({ id, state }) => `${id} ${state}`),
      ['tag-1 RUNNING', 'tag-2 RUNNING', 'tag-3 RUNNING'],
    );
    assert.match(await run('status'), /^tag-2 +RUNNING +domain=news +\d+ /m);
    const { total, jobs } = JSON.parse(await run('jobs --batch texts --search news --json')) as {
      total: number;
      jobs: JobRow[];
    };
    assert.equal(total, 5);
    assert.ok(jobs.every(({ worker }) => worker === 'tag-2'));
    const detail = JSON.parse(await run('job 11 --json')) as JobDetail;
    assert.deepEqual(detail.parameters, { domain: 'law', text: '007' });
    assert.match(await run('batches'), /^ +1 +texts +tag +run +10 +0 +0 +10 +0$/m);
    const results = (await run('results rows')).trim();
    assert.equal(readFileSync(results, 'utf8').trim().split('\n').length, 2);
    assert.match(await run('health'), /^3 of 3 workers healthy\.$/m);

    assert.equal(
      await run('pause --label domain=law'),
      'tag-1: takes no more jobs\ntag-3: takes no more jobs\n',
    );
    assert.equal(await run('pause tag-2'), 'tag-2: takes no more jobs\n');
    assert.match(
      await run('enqueue tag --param domain=law'),
      /^Enqueued 1 job into tag as batch 3 .*\(job 12\)\.$/m,
    );
    assert.equal(await run('cancel 12'), 'job 12: cancelled\n');
    assert.match(await run('resume --all', 0), /tag-1: takes jobs again/);
    assert.equal(await run('drain tag-3 --wait'), 'tag-3: has ended (drained)\n');
    assert.equal(await run('remove --all'), 'tag-3: removed; its log and history stay\n');
    writeFileSync(crewFile, CREW_FILE.replace('python3 tasks.py', 'python3 -u tasks.py'));
    await crew.until(client, 'the change to be seen', ({ workers }) =>
      workers.every(({ outdated }) => outdated === 'command'),
    );
    assert.match(await run('restart tag-1'), /^tag-1: restarting\n$/);
    await crew.until(client, 'tag-1 to be back', ({ workers }) =>
      workers.some((worker) => worker.id === 'tag-1' && worker.launch === 2 && worker.state === 'RUNNING'),
    );
    assert.match(await run('abort tag-9', 1), /^$/);
    assert.deepEqual(JSON.parse(await run('freeze tag-2 tag-9 --json', 1)), {
      outcomes: [
        { worker: 'tag-2', ok: true, message: 'frozen' },
        { worker: 'tag-9', ok: false, message: 'does not exist; workers: tag-1, tag-2' },
      ],
    });
    const afterRestart = await run('status');
    assert.match(afterRestart, /^tag-2 +RUNNING, frozen /m);
    assert.match(
      afterRestart,
      /^tag-2: command changed in the crew file since the start\.\n {2}next: nightcrew restart tag-2$/m,
    );
    assert.equal(await run('continue --label domain=news'), 'tag-2: goes on\n');
    assert.match(
      await run('drill texts --times 2'),
      /^texts +tag +2 +20 +all done, each result the same every time$/m,
    );
    assert.match(
      await run('drill doomed -n 1', 1),
      /^doomed: run 1, job \d+ \(message="no"\) failed: ValueError: no$/m,
    );
    assert.equal(await run('stop tag-2 --wait'), 'tag-2: has ended (stopped by hand)\n');

    assert.equal(await run('down --stop'), 'The crew has ended.\n');
    assert.match(await run('logs tag-1 -n 1'), /\n$/);
    assert.match(await run('down'), /^No supervisor is running for /);
  });

  it('logs -f follows what the worker prints', async () => {
    await using crew = TemporaryCrew.make(CREW_FILE);
    assert.equal((await runCli(crew, 'up')).exitCode, 0);
    const logs = startCli(crew, 'logs tag-1 -f');
    const client = (await crew.connectOnly())!;
    const log = join(crew.workspace, '.nightcrew', 'logs', 'worker_tag-1.log');
    await client.request('enqueue', { pool: 'tag', task: 'noisy', source: { parameters: {} } });
    await crew.until(client, 'the job to be done', ({ pools }) => pools[0]!.counts.done === 1);
    appendFileSync(log, 'written by hand\n');
    await logs.shows(/written by hand/);
    logs.child.kill('SIGINT');
    assert.equal((await logs.result).exitCode, 0);
  });

  it('pipes that are closed early end a command quietly', async () => {
    await using crew = TemporaryCrew.make(CREW_FILE);
    await runCli(crew, 'up --no-workers');
    const watch = startCli(crew, 'status --watch --json');
    await watch.shows(/"serverId"/);
    watch.child.stdout!.destroy();
    const client = (await crew.connectOnly())!;
    await client.request('enqueue', { pool: 'tag', source: { parameters: {} } });
    const { stderr } = await watch.result;
    assert.equal(stderr, '');
  });
});
