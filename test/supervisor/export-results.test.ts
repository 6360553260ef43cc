/** An export is there whole or not at all, and nothing stays of one that was not finished. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Store } from '../../src/store/contract.ts';
import type { BatchRow } from '../../src/core/job-records.ts';
import { exportResults, removeUnfinishedExports } from '../../src/supervisor/export-results.ts';

const batch = { id: 1, name: 'sweep' } as BatchRow;
const silent = { info() {}, warn() {}, error() {} };

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nightcrew-export-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Answers so many queries, then fails. */
function storeOf(answers: number): Store {
  return {
    query: async () => {
      if (answers-- === 0) throw new Error('the store has ended');
      return [];
    },
  } as unknown as Store;
}

describe('an export of results', () => {
  it('leaves nothing when it fails in the middle', async () => {
    const folder = temporaryFolder();
    await assert.rejects(exportResults(batch, storeOf(1), folder), /the store has ended/);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('may be asked for twice at once', async () => {
    const folder = temporaryFolder();
    await Promise.all([1, 2].map(() => exportResults(batch, storeOf(2), folder)));
    assert.deepEqual(readdirSync(folder), ['sweep.csv']);
  });

  it('that a killed supervisor had begun is removed by the next one', () => {
    const folder = temporaryFolder();
    for (const name of ['sweep.csv', 'sweep.csv.1f.partial']) writeFileSync(join(folder, name), 'job,state');
    removeUnfinishedExports(folder, silent);
    assert.deepEqual(readdirSync(folder), ['sweep.csv']);
    removeUnfinishedExports(join(folder, 'never made'), silent);
  });
});
