import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Notice } from '../../src/control/api.ts';
import { Audit } from '../../src/supervisor/audit.ts';
import { auditEntry } from '../../src/supervisor/operations/audit-entry.ts';
import { ManualClock } from '../manual-clock.ts';

describe('the audit log', () => {
  let folder: string;
  let file: string;
  const told: Notice[] = [];
  const quiet = (): void => undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightcrew-audit-'));
    file = join(folder, 'audit.jsonl');
    told.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const open = (largestFile?: number): Audit =>
    new Audit({
      file,
      clock: new ManualClock(),
      log: { info: quiet, warn: quiet, error: quiet },
      tell: (notice) => told.push(notice),
      ...(largestFile === undefined ? {} : { largestFile }),
    });
  const entry = (count: number): Parameters<Audit['record']>[0] =>
    auditEntry('terminal', 'add', { pool: 'sim', count, force: true }, { result: { outcomes: [] } });
  const lines = (name = file): Record<string, unknown>[] =>
    readFileSync(name, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('has a line for each operation, in order, readable by its owner alone', async () => {
    const audit = open();
    for (let count = 1; count <= 20; count++) void audit.record(entry(count));
    await audit.close();
    assert.deepEqual(lines()[0], {
      time: '2025-11-22T02:53:20.000Z',
      face: 'terminal',
      operation: 'add',
      parameters: { pool: 'sim', count: 1 },
      force: true,
      outcome: { outcomes: [] },
    });
    const counts = lines().map(({ parameters }) => (parameters as { count: number }).count);
    assert.deepEqual(
      counts,
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('is appended to by the next supervisor, and takes back a mode that is too wide', async () => {
    writeFileSync(file, '{"operation":"before"}\n');
    chmodSync(file, 0o644);
    const audit = open();
    void audit.record(entry(1));
    await audit.close();
    assert.deepEqual(
      lines().map(({ operation }) => operation),
      ['before', 'add'],
    );
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('is rotated at its size, and the oldest goes', async () => {
    const audit = open(1);
    for (let count = 1; count <= 8; count++) {
      void audit.record(entry(count));
      await audit.close();
    }
    const countOf = (name: string): unknown =>
      (lines(join(folder, name))[0]!['parameters'] as { count: number }).count;
    assert.deepEqual(
      ['audit.jsonl', 'audit.1.jsonl', 'audit.2.jsonl', 'audit.3.jsonl', 'audit.4.jsonl'].map(countOf),
      [8, 7, 6, 5, 4],
    );
    assert.equal(existsSync(join(folder, 'audit.5.jsonl')), false);
  });

  it('says once that it cannot be written, and later how many lines are missing', async () => {
    mkdirSync(file);
    const audit = open();
    for (let count = 1; count <= 3; count++) {
      void audit.record(entry(count));
      await audit.close();
    }
    assert.equal(told.length, 1);
    assert.match(told[0]!.message, /cannot be written to .*audit\.jsonl .*done all the same/);
    rmSync(file, { recursive: true });
    void audit.record(entry(4));
    await audit.close();
    assert.deepEqual(
      lines().map(({ operation, lost }) => [operation, lost]),
      [
        ['audit', 3],
        ['add', undefined],
      ],
    );
  });

  it('keeps its lines short: no parameters of jobs, and long lists cut', () => {
    const jobs = Array.from({ length: 1_000 }, (_, job) => job);
    const long = 'x'.repeat(10_000);
    const { parameters, outcome } = auditEntry(
      'script',
      'enqueue',
      { pool: 'p', name: long, source: { parameters: { secret: long } }, request: 'r' },
      { error: new Error(long) },
    );
    assert.deepEqual(Object.keys(parameters), ['pool', 'name']);
    assert.ok(JSON.stringify({ parameters, outcome }).length < 1_000);
    const cancel = auditEntry('script', 'cancel', { jobs }, { result: null });
    assert.deepEqual((cancel.parameters['jobs'] as unknown[]).slice(-1), ['… 950 more']);
  });
});
