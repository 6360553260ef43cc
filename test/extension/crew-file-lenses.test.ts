import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CREW_FILE_NAME as coreCrewFileName, parseCrewFile } from '../../src/core/crew-file.ts';
import { lensTexts } from '../../src/extension/crew-file/crew-file-lens-text.ts';
import { CREW_FILE_NAME } from '../../src/extension/crew-file/crew-file-name.ts';
import { crewFileOutline } from '../../src/extension/crew-file/crew-file-outline.ts';
import { STARTER_CREW_FILE } from '../../src/extension/crew-file/starter-crew.ts';
import { scriptedBatch, scriptedCrew, scriptedPool } from './scripted-crew.ts';

const text = `# pools: none
pools:
    simulate:   # the first
        command: python a.py
        env: { A: "b: c" }
    "odd name":
        run: x
version: 1
batches:
  sweep: { pool: simulate }
  # next:
  nightly:
    pool: simulate
`;

describe('the outline of a crew file', () => {
  it('finds pools and batches by their indentation', () => {
    assert.deepEqual(crewFileOutline(text), [
      { kind: 'pool', name: 'simulate', line: 2 },
      { kind: 'pool', name: 'odd name', line: 5 },
      { kind: 'batch', name: 'sweep', line: 9 },
      { kind: 'batch', name: 'nightly', line: 11 },
    ]);
  });

  it('copes with an empty file and with half a file', () => {
    assert.deepEqual(crewFileOutline(''), []);
    assert.deepEqual(crewFileOutline('pools:\n  sim'), []);
  });
});

describe('the starter crew file', () => {
  it('has the name that the supervisor looks for', () => assert.equal(CREW_FILE_NAME, coreCrewFileName));

  it('is valid, and begins where the outline says', () => {
    const crewFile = parseCrewFile(STARTER_CREW_FILE, '/home/ada/nightcrew.yaml');
    assert.deepEqual(crewFile.problems, []);
    assert.deepEqual(
      crewFileOutline(STARTER_CREW_FILE).map(({ kind, name }) => `${kind} ${name}`),
      ['pool walk', 'batch sweep'],
    );
  });
});

describe('what stands above a pool or a batch', () => {
  const titles = (kind: 'pool' | 'batch', name: string, crew?: Parameters<typeof lensTexts>[1]): string[] =>
    lensTexts({ kind, name, line: 0 }, crew).map(({ title }) => title);

  it('offers to begin while nothing runs', () => {
    assert.deepEqual(titles('pool', 'simulate'), ['Start workers']);
    assert.deepEqual(titles('batch', 'sweep'), ['Enqueue jobs']);
  });

  it('says how it goes while something runs', () => {
    const crew = scriptedCrew();
    assert.deepEqual(titles('pool', 'simulate', crew), ['1/1 healthy · 388 waiting', 'Add worker']);
    assert.deepEqual(titles('batch', 'sweep', crew), ['209 of 600 done', 'Enqueue 600 jobs']);
  });

  it('offers the results of the newest batch of that name once it has ended', () => {
    const counts = { pending: 0, running: 0, done: 598, failed: 2, cancelled: 0 };
    const crew = scriptedCrew({
      pools: [scriptedPool({ counts })],
      batches: [scriptedBatch({ id: 1 }), scriptedBatch({ id: 7, counts })],
    });
    const lenses = lensTexts({ kind: 'batch', name: 'sweep', line: 0 }, crew);
    assert.deepEqual(
      lenses.map(({ title }) => title),
      ['598 of 600 done · 2 failed', 'Export results', 'Enqueue 600 jobs'],
    );
    assert.deepEqual(lenses[1]?.arguments, [7]);
  });
});
