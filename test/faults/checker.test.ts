/** A judge that finds nothing is worth something only if it finds what is there. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Judge } from './judge.ts';
import { at, finished, JudgedRun, kill, record } from './judged-run.ts';

interface Flaw {
  what: string;
  /** Before the files are written. */
  of?: (run: JudgedRun) => void;
  /** After they were written. */
  inFiles?: (run: JudgedRun) => void;
  found: RegExp;
}

function requeued(state: string, job: number): Record<string, unknown> {
  return { type: 'jobs.requeued', groups: [{ batch: 1, state, ids: [job, job] }], fresh: false };
}

const flaws: Flaw[] = [
  {
    what: 'an acknowledged job that is in neither journal nor database',
    of: (run) =>
      run.acknowledged.push({ ticket: 't2', pool: 'py', kind: 'quick', firstJob: 3, count: 1, batch: 2 }),
    found: /job 3: was acknowledged to t2 and is lost/,
  },
  {
    what: 'a job that the database has lost',
    of: (run) => run.tables['jobs']!.pop(),
    found: /job 2: only in the journal/,
  },
  {
    what: 'two faces that were told the same job',
    of: (run) =>
      run.acknowledged.push({ ticket: 't2', pool: 'py', kind: 'quick', firstJob: 2, count: 1, batch: 1 }),
    found: /job 2: acknowledged to t1 and to t2/,
  },
  {
    what: 'a request that was asked again and done twice',
    of: (run) => (run.tables['jobs']![1]!['batch'] = 2),
    found: /job 2: t1 has jobs in batch 1 and in batch 2/,
  },
  {
    what: 'a job that was told to be cancelled and was not',
    of: (run) => run.acknowledged.push({ cancelled: 1 }),
    found: /job 1: is done, but was told to be cancelled/,
  },
  {
    what: 'a job that was requeued while it waited',
    of: (run) => run.events.splice(5, 0, requeued('failed', 2)),
    found: /job 2: requeued at 6 as one of .*, but it is \('pending', 1\)/,
  },
  {
    what: 'a job that was requeued and is still what it was',
    of: (run) => run.events.push(requeued('done', 1)),
    found: /job 1: state is done in the database, pending by the journal/,
  },
  {
    what: 'a finished job that is given out again',
    of: (run) => run.events.push({ type: 'job.claimed', job: 1, attempt: 2, worker: 'py-1', launch: 2 }),
    found: /job 1: job.claimed at 17, but it is done/,
  },
  {
    what: 'a job that is given out while an attempt runs',
    of: (run) =>
      run.events.splice(8, 0, { type: 'job.claimed', job: 2, attempt: 2, worker: 'py-1', launch: 1 }),
    found: /job 2: job.claimed at 9, but attempt 1 has not ended/,
  },
  {
    what: 'a result that counts twice',
    of: (run) => run.events.push(finished(1, 1, 17, 'done')),
    found: /job 1: job.finished at 17, but it is done/,
  },
  {
    what: 'a result of an attempt that was given up',
    of: (run) => run.events.splice(14, 1, finished(2, 1, 30, 'done')),
    found: /job 2: job.finished at 15, but it is running after 2 attempts/,
  },
  {
    what: 'an attempt that was begun twice',
    of: (run) => run.ledger.push(`begin 1 1 103 103 ${at(8)} null`),
    found: /attempt 1\.1 .*: was begun 2 times/,
  },
  {
    what: 'an attempt that nobody knows of',
    of: (run) => run.ledger.push(`begin 1 2 103 103 ${at(8)} null`),
    found: /attempt 1\.2: was run, but the journal knows nothing of it/,
  },
  {
    what: 'an attempt that began while another lived',
    of: (run) => run.ledger.push(`overlap 2 2 102 102 ${at(29)}`),
    found: /attempt 2\.2: began while another attempt of the job was alive/,
  },
  {
    what: 'a complete attempt that was run again without need',
    of: (run) => {
      run.ledger.splice(4, 0, `end 2 1 101 101 ${at(10)}`);
      run.trace = [kill(8, 'worker', 'py-1')];
    },
    found: /attempt 2\.1 .*: was complete, but counts as crashed/,
  },
  {
    what: 'an attempt that was lost with the supervisor alone',
    of: (run) => (run.trace = [kill(15, 'supervisor')]),
    found: /attempt 2\.1 .*: crashed for no reason/,
  },
  {
    what: 'an attempt that crashed because another worker was killed',
    of: (run) => (run.trace = [kill(15, 'worker', 'py-2')]),
    found: /attempt 2\.1 .*: crashed for no reason/,
  },
  {
    what: 'a checkpoint that was lost',
    of: (run) => (run.ledger[4] = `begin 2 2 102 102 ${at(29)} null`),
    found: /attempt 2\.2 .*: was given checkpoint None, but 3 was saved/,
  },
  {
    what: 'a result of which the ledger knows nothing',
    of: (run) => run.ledger.pop(),
    found: /job 2: has a result of attempt 2, which the ledger does not show as completed once/,
  },
  {
    what: 'a result of another process',
    of: (run) => (run.ledger[4] = run.ledger[4]!.replaceAll('102', '104')),
    found: /job 2: its result is not that of attempt 2/,
  },
  {
    what: 'a job without an end',
    of: (run) => {
      run.events.splice(13, 2);
      run.tables['jobs']![1]!['state'] = 'pending';
    },
    found: /job 2 \(quick\): ended as pending, expected done/,
  },
  {
    what: 'a database that knows less than the journal',
    of: (run) => (run.tables['meta']![0]!['last_sequence'] = 12),
    found: /database: covers events to 12, the journal ends with 16/,
  },
  {
    what: 'a batch that miscounts its jobs',
    of: (run) => (run.tables['batches']![0]!['done'] = 3),
    found: /batch 1: 3 done, but 2 such jobs/,
  },
  {
    what: 'a worker that was launched twice',
    of: (run) => run.events.splice(10, 1),
    found: /worker py-1: launched at 11 while RUNNING/,
  },
  {
    what: 'a worker that lives on in the registry',
    of: (run) => (run.tables['workers']![0]!['state'] = 'RUNNING'),
    found: /worker py-1: is RUNNING although the crew was sent home/,
  },
  {
    what: 'a gap in the journal',
    inFiles: (run) => rewrite(run.segment, (text) => text.replace(/^.*"s":7,.*\n/m, '')),
    found: /journal: the record at .*:8 begins with 8 where 7 is due/,
  },
  {
    what: 'a record that stands there twice',
    inFiles: (run) => appendFileSync(run.segment, record(16, run.events.at(-1)!)),
    found: /journal: the record at .*:18 begins with 16 where 17 is due/,
  },
  {
    what: 'a flipped bit in the journal',
    inFiles: (run) => rewrite(run.segment, (text) => text.replace('"outcome":"done"', '"outcome":"dome"')),
    found: /journal: the record at .*:8 does not fit its checksum/,
  },
  {
    what: 'a torn tail that was not cut',
    inFiles: (run) => appendFileSync(run.segment, '5f0c3a91 {"s":17'),
    found: /journal: 16 bytes that are no whole record/,
  },
  {
    what: 'a damaged page of the database',
    inFiles: (run) => overwrite(join(run.state, 'nightcrew.db'), 4096 * 3),
    found: /^database: /,
  },
  {
    what: 'a database that is gone',
    inFiles: (run) => rmSync(join(run.state, 'nightcrew.db')),
    found: /database: .* cannot be read/,
  },
  {
    what: 'half a snapshot that stayed',
    inFiles: (run) => writeFileSync(join(run.state, 'nightcrew.db.partial'), ''),
    found: /left over: \.nightcrew\/nightcrew\.db\.partial/,
  },
  {
    what: 'a socket that stayed',
    inFiles: (run) => {
      mkdirSync(join(run.folder, 'r', '1f'));
      writeFileSync(join(run.folder, 'r', '1f', 'keeper.sock'), '');
    },
    found: /left over: runtime folder: 1f\/keeper\.sock/,
  },
  {
    what: 'a temporary file that stayed',
    inFiles: (run) => writeFileSync(join(run.folder, 'tmp', 'parameters.json'), ''),
    found: /left over: temporary folder: parameters\.json/,
  },
];

function rewrite(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'latin1')), 'latin1');
}

function overwrite(file: string, from: number): void {
  const content = readFileSync(file);
  content.fill(0xee, from, from + 200);
  writeFileSync(file, content);
}

describe('the checker of the long test', () => {
  const judge = new Judge();
  after(() => judge.end());

  it('finds nothing where nothing is wrong', async () => {
    using run = new JudgedRun();
    run.write();
    assert.deepEqual(await run.violations(), []);
    assert.deepEqual(await judge.violations(run), []);
  });

  for (const { what, of, inFiles, found } of flaws) {
    it(`finds ${what}`, async () => {
      using run = new JudgedRun();
      of?.(run);
      run.write();
      inFiles?.(run);
      const violations = await judge.violations(run);
      assert.ok(
        violations.some((violation) => found.test(violation)),
        `${found} is not among: ${violations.join('\n')}`,
      );
    });
  }

  it('finds a process that stayed', async () => {
    using run = new JudgedRun();
    run.write();
    const orphan = spawn('sleep', ['60'], {
      env: { ...process.env, CHAOS_RUN: run.marker },
      stdio: 'ignore',
    });
    try {
      assert.deepEqual(await judge.violations(run), [`orphan: process ${orphan.pid} (sleep 60)`]);
    } finally {
      orphan.kill('SIGKILL');
    }
  });

  it('finds a process that has emptied its environment and works in the workspace', async () => {
    using run = new JudgedRun();
    run.write();
    const orphan = spawn('sleep', ['60'], {
      env: { PATH: process.env['PATH'] },
      cwd: run.state,
      stdio: 'ignore',
    });
    try {
      assert.deepEqual(await judge.violations(run), [`orphan: process ${orphan.pid} (sleep 60)`]);
    } finally {
      orphan.kill('SIGKILL');
    }
  });
});
