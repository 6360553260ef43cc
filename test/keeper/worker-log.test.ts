import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { redactCommand } from '../../src/keeper/redact-command.ts';
import { RotatingLog } from '../../src/keeper/rotating-log.ts';
import { WorkerLog, WorkerLogs } from '../../src/keeper/worker-log.ts';
import { ManualClock } from '../manual-clock.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function written(write: (log: WorkerLog) => void): Promise<string> {
  const rotating = new RotatingLog(path.join(await temporaryFolder(), 'worker_a-1.log'));
  const log = new WorkerLog(rotating);
  write(log);
  log.endLaunch();
  await rotating.close();
  return readFile(rotating.file, 'utf8');
}

describe('WorkerLog', () => {
  it('begins each launch with a line that says when, which and what', async () => {
    const content = await written((log) => {
      log.appendStderr(Buffer.from('half a line'));
      log.beginLaunch(0, 'a-1', 2, ['python', 'work.py', '--token=abc', 'a b']);
    });
    assert.equal(
      content,
      'half a line\n[nightcrew] 1970-01-01T00:00:00.000Z launch 2 of a-1: python work.py --token=*** "a b"\n',
    );
  });

  it('marks every line of stray stdout and keeps it apart from stderr', async () => {
    const content = await written((log) => {
      log.appendStray(Buffer.from('one\ntw'));
      log.appendStray(Buffer.from('o\nthree'));
      log.appendStderr(Buffer.from('warning\nhalf'));
      log.appendStray(Buffer.from('\nfour\n'));
      log.appendStderr(Buffer.from(' and the other half\n'));
    });
    assert.deepEqual(content.split('\n'), [
      '[stdout] one',
      '[stdout] two',
      'warning',
      '[stdout] three',
      '[stdout] four',
      'half and the other half',
      '',
    ]);
  });

  it('keeps the lines of both streams whole, however they come in pieces', async () => {
    const pieces = fc.array(
      fc.record({ source: fc.constantFrom('stderr', 'stdout'), bytes: fc.integer({ min: 1, max: 40 }) }),
    );
    await fc.assert(
      fc.asyncProperty(pieces, async (cuts) => {
        const whole = {
          stderr: Array.from({ length: 20 }, (_, index) => `warning ${index}`),
          stdout: Array.from({ length: 20 }, (_, index) => `print ${index}`),
        };
        const rest = { stderr: `${whole.stderr.join('\n')}\n`, stdout: `${whole.stdout.join('\n')}\n` };
        const content = await written((log) => {
          const take = (source: 'stderr' | 'stdout', bytes: number): void => {
            const piece = Buffer.from(rest[source].slice(0, bytes));
            rest[source] = rest[source].slice(bytes);
            if (source === 'stderr') log.appendStderr(piece);
            else log.appendStray(piece);
          };
          for (const { source, bytes } of cuts) take(source as 'stderr' | 'stdout', bytes);
          take('stderr', Infinity);
          take('stdout', Infinity);
        });
        const lines = content.trimEnd().split('\n');
        const prints = lines.filter((line) => line.startsWith('[stdout] '));
        assert.deepEqual(
          prints.map((line) => line.slice('[stdout] '.length)),
          whole.stdout,
        );
        assert.deepEqual(
          lines.filter((line) => !line.startsWith('[stdout] ')),
          whole.stderr,
        );
      }),
      { numRuns: 50 },
    );
  });

  it('shows the beginning of a line that does not end, after a moment or when it is long', async () => {
    const clock = new ManualClock();
    const rotating = new RotatingLog(path.join(await temporaryFolder(), 'worker_a-1.log'));
    const log = new WorkerLog(rotating, clock);
    log.appendStderr(Buffer.from('Password: '));
    log.appendStray(Buffer.from('y'.repeat(70_000)));
    await rotating.flush();
    assert.equal(await readFile(rotating.file, 'utf8'), `[stdout] ${'y'.repeat(70_000)}`);
    clock.advance(400);
    await rotating.close();
    assert.ok((await readFile(rotating.file, 'utf8')).endsWith('y\nPassword: '));
  });

  it('passes on bytes that are no UTF-8 as they are', async () => {
    const rotating = new RotatingLog(path.join(await temporaryFolder(), 'worker_a-1.log'));
    const log = new WorkerLog(rotating);
    log.appendStray(Buffer.from([0xff, 0xfe, 0x0a]));
    await rotating.close();
    assert.deepEqual(await readFile(rotating.file), Buffer.from('[stdout] \xff\xfe\n', 'latin1'));
  });
});

describe('WorkerLogs', () => {
  it('gives two launches that overlap the same log', async () => {
    const logs = new WorkerLogs();
    const file = path.join(await temporaryFolder(), 'worker_a-1.log');
    const first = logs.acquire(file);
    const second = logs.acquire(file);
    assert.equal(first, second);
    await logs.release(file);
    assert.equal(logs.acquire(file), first);
    await logs.release(file);
    await logs.release(file);
    assert.notEqual(logs.acquire(file), first);
    await logs.release(file);
  });
});

describe('redactCommand', () => {
  const cases: [string[], string][] = [
    [['python', 'simulate.py', '--seed', '3'], 'python simulate.py --seed 3'],
    [['run', '--api-key', 'abc', '--password=abc'], 'run --api-key *** --password=***'],
    [['run', '--token', '--verbose'], 'run --token --verbose'],
    [['env', 'MY_SECRET=abc', 'run'], 'env MY_SECRET=*** run'],
    [['run', 'postgres://ada:abc@host/db'], 'run postgres://ada:***@host/db'],
  ];
  for (const [command, shown] of cases) {
    it(shown, () => assert.equal(redactCommand(command), shown));
  }
});
