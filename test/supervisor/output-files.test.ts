import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { checkOutputFiles } from '../../src/supervisor/output-files.ts';
import { Worker } from '../../src/supervisor/worker.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightcrew-outputs-'));
after(() => rmSync(folder, { recursive: true }));

/** Files were last changed at this time. */
const CHANGED = 1_763_780_400_000;
const LATER = CHANGED + 60_000;

describe('the files of done jobs', () => {
  let worker: Worker;
  beforeEach(() => {
    worker = new Worker('p-1', 'p', {});
  });

  const put = (file: string, content: string | Buffer, at = CHANGED): void => {
    writeFileSync(join(folder, file), content);
    utimesSync(join(folder, file), at / 1000, at / 1000);
  };
  const problems = async (now = LATER): Promise<string[]> => {
    await checkOutputFiles(worker, ['{name}'], folder, now);
    return worker.health.outputs!.problems.map(({ job, file, problem }) => `${job} ${file} ${problem}`);
  };

  it('are found missing, empty, no file, and cut off', async () => {
    const table = Array.from({ length: 40_000 }, (_, row) => `${row},${row / 7}\n`).join('');
    put('good.json', '{"a": [1, 2]}');
    put('cut.json', '{"a": [1, ');
    put('good.csv', `x,y\n${table}`);
    put('cut.csv', `x,y\n${table}`);
    truncateSync(join(folder, 'cut.csv'), `x,y\n${table}`.lastIndexOf(','));
    utimesSync(join(folder, 'cut.csv'), CHANGED / 1000, CHANGED / 1000);
    put('cut.jsonl', '{"a": 1}\n{"a');
    put('empty.csv', '');
    put('plot.png', Buffer.from([0x89, 0x50, 0, 0]));
    mkdirSync(join(folder, 'folder.csv'));
    const names = ['good.json', 'cut.json', 'good.csv', 'cut.csv', 'cut.jsonl', 'empty.csv'];
    [...names, 'plot.png', 'folder.csv', 'gone.csv'].forEach((name, index) =>
      worker.health.done(index + 1, { name }),
    );
    assert.ok(statSync(join(folder, 'cut.csv')).size > 256 * 1024, 'only its ends are read');
    assert.deepEqual(await problems(), [
      '2 cut.json is no whole JSON',
      '4 cut.csv ends in the middle of a row',
      '5 cut.jsonl ends in the middle of a line',
      '6 empty.csv is empty',
      '8 folder.csv is no file',
      '9 gone.csv is missing',
    ]);
    assert.equal(worker.health.outputs!.files, 9);
  });

  it('are looked at again when they have changed, for the worse and for the better', async () => {
    worker.health.done(1, { name: 'model.json' });
    put('model.json', '{"a": 1}');
    assert.deepEqual(await problems(), []);
    put('model.json', '{"a":', CHANGED + 10_000);
    assert.deepEqual(await problems(), ['1 model.json is no whole JSON']);
    put('model.json', '{"a": 2}', CHANGED + 20_000);
    assert.deepEqual(await problems(), []);
    rmSync(join(folder, 'model.json'));
    assert.deepEqual(await problems(), ['1 model.json is missing']);
  });

  it('are not judged while somebody writes into them', async () => {
    worker.health.done(1, { name: 'all.jsonl' });
    put('all.jsonl', '{"a": 1}\n{"a"', LATER);
    assert.deepEqual(await problems(LATER + 4_000), []);
    assert.deepEqual(await problems(LATER + 6_000), ['1 all.jsonl ends in the middle of a line']);
    put('all.jsonl', '{"a": 1}\n{"a": 2}\n{"', LATER + 8_000);
    assert.deepEqual(await problems(LATER + 9_000), []);
  });

  it('are not read again while they stay as they are', async () => {
    worker.health.done(1, { name: 'same.json' });
    put('same.json', '{"a": 1}');
    assert.deepEqual(await problems(), []);
    // As long and as old as before: nothing says that it is another.
    put('same.json', '{"a": 1,');
    assert.deepEqual(await problems(), []);
  });
});
