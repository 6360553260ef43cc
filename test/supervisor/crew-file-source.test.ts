import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { DEFAULT_RETENTION } from '../../src/core/retention.ts';
import { CrewFileSource } from '../../src/supervisor/crew-file-source.ts';
import { temporaryWorkspace } from '../cli/temporary-workspace.ts';
import { ManualClock } from '../manual-clock.ts';

const SOUND = 'pools: { a: { command: x } }\nalerts: { every: 7m }\nretention: { jobs: 5000000 }\n';
const HALF = 'pools: { a: { command: x } }\nalerts: { every: 7m }\nretention: { jo';

function scene(test: TestContext, text: string): { source: CrewFileSource; save: (text: string) => void } {
  const source = new CrewFileSource(temporaryWorkspace(test), new ManualClock());
  const save = (saved: string): void => {
    writeFileSync(source.file, saved);
    source.read();
  };
  save(text);
  return { source, save };
}

describe('alerts and retention', () => {
  it('hold as they were read last while the file has problems, is empty or is gone', (test) => {
    const { source, save } = scene(test, SOUND);
    const holds = (): void => {
      assert.equal(source.alerts?.every, 420);
      assert.deepEqual(source.retention, { jobs: 5_000_000 });
    };
    holds();
    for (const broken of [HALF, 'pools: { a: { comand: x } }\nalerts: { every: 1m }', '', '\n']) {
      save(broken);
      holds();
    }
    rmSync(source.file);
    source.read();
    holds();
  });

  it('go with the next file without problems', (test) => {
    const { source, save } = scene(test, SOUND);
    save(HALF);
    save('pools: { a: { command: x } }\n');
    assert.equal(source.alerts, undefined);
    assert.deepEqual(source.retention, DEFAULT_RETENTION);
  });

  it('that were never sound tell whom they can, and give nothing away', (test) => {
    const { source } = scene(test, `${SOUND}batches: { b: { pool: none, csv: a } }`);
    assert.equal(source.alerts?.every, 420);
    assert.equal(source.retention, undefined);
  });

  it('are the defaults without a file', (test) => {
    const source = new CrewFileSource(temporaryWorkspace(test), new ManualClock());
    source.read();
    assert.deepEqual([source.alerts, source.retention], [undefined, DEFAULT_RETENTION]);
  });
});

describe('the report of a crew file with problems', () => {
  it('says what holds meanwhile', (test) => {
    const { source, save } = scene(test, SOUND);
    assert.equal(source.report().meanwhile, undefined);
    save(HALF);
    assert.match(source.report().meanwhile!, /the last version without problems holds/);
    assert.match(scene(test, HALF).source.report().meanwhile!, /no ended job is archived/);
  });
});
