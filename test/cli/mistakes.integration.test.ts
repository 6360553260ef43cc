/** What a new user gets wrong at the command line: a message, a place, a next step, and nothing half-done. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { TemporaryCrew } from '../supervisor/temporary-crew.ts';
import { runCli } from './cli-process.ts';

const SOUND = 'pools: { tag: { command: python3 tasks.py } }';

/** Ends with 2, says where and what next, and starts nothing. */
async function refused(crew: TemporaryCrew, line: string, ...said: RegExp[]): Promise<void> {
  const { exitCode, stdout, stderr } = await runCli(crew, line);
  assert.equal(exitCode, 2, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /^ {2}next: /m);
  for (const pattern of said) assert.match(stderr, pattern);
}

async function startsNothing(crew: TemporaryCrew): Promise<void> {
  assert.equal(await crew.connectOnly(), undefined);
  assert.equal(existsSync(join(crew.workspace, '.nightcrew')), false);
}

describe('a mistake at the command line', () => {
  it('in the crew file is told with line and column, and starts nothing', async () => {
    await using crew = TemporaryCrew.make('pools:\n\ttag: { command: x }\n');
    await refused(crew, 'run', /^error: This is not valid YAML: Tabs/, /^ {2}at: .*nightcrew\.yaml:2:1$/m);
    crew.writeCrewFile('pools:\n  tag: { command: [1, {}], workers: many }\n');
    await refused(crew, 'up', /nightcrew\.yaml:2:/, /workers must be a whole number from 0 to 1,000/).catch(
      (error: unknown) => assert.match(String(error), /next: /),
    );
    crew.writeCrewFile(`${SOUND}\nbatches: { b: { pool: tag, matrix: { a: 1..10000, b: 1..1000 } } }\n`);
    await refused(
      crew,
      'run',
      /makes 10,000,000 jobs; a batch holds at most 1,000,000/,
      /nightcrew\.yaml:2:/,
    );
    crew.writeCrewFile(`${SOUND}\nbatches: { b: { pool: tga, matrix: { a: 1..3 } } }\n`);
    await refused(crew, 'run', /for the pool "tga", which is not in this file/, /Did you mean "tag"\?/);
    await startsNothing(crew);
  });

  it('in a name is told with what was probably meant, and starts nothing', async () => {
    await using crew = TemporaryCrew.make(SOUND);
    await refused(crew, 'up tga', /There is no pool "tga"/, /Did you mean "tag"\?/);
    await refused(crew, 'add tga', /There is no pool "tga"/, /Did you mean "tag"\?/);
    await refused(crew, 'enqueue tga --param a=1', /There is no pool "tga"/);
    await refused(crew, 'run sweep', /There is no batch "sweep"/);
    await startsNothing(crew);
  });

  it('in a file of rows names its line, and enqueues nothing', async () => {
    await using crew = TemporaryCrew.make(SOUND);
    writeFileSync(join(crew.workspace, 'sites.csv'), 'site,alpha\nnorth,1\nsouth\n');
    writeFileSync(join(crew.workspace, 'sites.jsonl'), '{"site": "north"}\n{"site": \n');
    await refused(crew, 'enqueue tag --csv sites.csv', /The row has 1 value/, /at: .*sites\.csv:3$/m);
    await refused(crew, 'enqueue tag --jsonl sites.jsonl', /not valid JSON/, /at: .*sites\.jsonl:2$/m);
    await refused(crew, 'enqueue tag --csv missing.csv', /Cannot read .*missing\.csv/);
    await refused(crew, 'enqueue tag --matrix seed=1..10000000', /makes 10,000,000 jobs/);
    await refused(crew, 'job 4711', /There is no job 4711/);
    const { stdout } = await runCli(crew, 'batches --json');
    assert.deepEqual(JSON.parse(stdout), []);
  });

  it('in a command is told by the workers that cannot be started', async () => {
    await using crew = TemporaryCrew.make(
      'pools: { a: { command: no-such-program }, b: { command: python3 raw.py exits } }',
    );
    const { exitCode, stderr } = await runCli(crew, 'up');
    assert.equal(exitCode, 1);
    assert.match(stderr, /^error: a-1: command not found: no-such-program .*install it or correct/m);
    assert.match(stderr, /^error: b-1: ended with exit code 3 before it registered: cannot find my model$/m);
    assert.equal(stderr.match(/before it registered/g)?.length, 1, stderr);
    const health = await runCli(crew, 'health');
    assert.equal(health.exitCode, 1);
    assert.match(health.stdout, /^0 of 2 workers healthy\.$/m);
  });

  it('without a crew file says where one is expected', async () => {
    await using crew = TemporaryCrew.make(SOUND);
    await refused(crew, 'run -C /', /^error: There is no crew file \/nightcrew\.yaml\./);
    const { exitCode, stderr } = await runCli(crew, 'status');
    assert.equal(exitCode, 3);
    assert.match(
      stderr,
      /^error: No supervisor is running for .*\.\n {2}next: `nightcrew up` starts the crew/,
    );
    await startsNothing(crew);
  });

  it('a workspace that cannot be written says so', { skip: process.platform !== 'linux' }, async () => {
    await using crew = TemporaryCrew.make(SOUND);
    // Not even root may write there.
    const { exitCode, stderr } = await runCli(crew, 'up --no-workers -C /proc');
    assert.equal(exitCode, 3);
    assert.match(
      stderr,
      /^error: Cannot write into \/proc\/\.nightcrew\/logs: .*\n {2}at: .*\n {2}next: .*make the folder writable/,
    );
  });

  it('a workspace whose state folder is a file says so', async () => {
    await using crew = TemporaryCrew.make(SOUND);
    writeFileSync(join(crew.workspace, '.nightcrew'), '');
    const { exitCode, stderr } = await runCli(crew, 'up');
    assert.equal(exitCode, 3);
    assert.match(stderr, /^error: Cannot write into .*\.nightcrew/);
  });
});
