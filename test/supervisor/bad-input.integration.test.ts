/** Every mistake gets an error with a place and a next step, and nothing is half-done. */
import assert from 'node:assert/strict';
import { rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ControlRequests } from '../../src/control/api.ts';
import { ControlError } from '../../src/control/control-error.ts';
import type { ControlClient } from '../../src/control/client-contract.ts';
import { Limit } from '../../src/protocol/generated/messages.ts';
import { TemporaryCrew } from './temporary-crew.ts';

type Method = Exclude<keyof ControlRequests, 'connect'>;

async function refusal(client: ControlClient, method: Method, parameters: unknown): Promise<ControlError> {
  try {
    await client.request(method, parameters as never);
  } catch (error) {
    assert.ok(error instanceof ControlError, String(error));
    assert.ok(error.nextStep, `${method}: "${error.message}" has no next step`);
    return error;
  }
  return assert.fail(`${method} was accepted`);
}

const crewFile = 'pools: { tag: { command: python3 tasks.py } }';

describe('bad input', () => {
  it('is refused with what to do next, and leaves the queue as it was', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    const file = (name: string, text: string): string => {
      const path = join(crew.workspace, name);
      writeFileSync(path, text);
      return path;
    };
    const enqueue = (source: unknown, more = {}) =>
      refusal(client, 'enqueue', { pool: 'tag', source, ...more });

    assert.match((await refusal(client, 'add', { pool: 'tga', count: 1 })).message, /no pool tga/);
    assert.match((await refusal(client, 'add', { pool: 'tga', count: 1 })).nextStep!, /Pools: tag/);
    assert.match((await refusal(client, 'add', { pool: 'tag', count: 0 })).message, /Cannot add 0/);
    const drained = await client.request('drain', { select: { workers: ['tag-9'] } });
    assert.deepEqual(
      drained.outcomes.map(({ worker, ok }) => [worker, ok]),
      [['tag-9', false]],
    );
    assert.match(drained.outcomes[0]!.message, /no such worker|no worker/);
    assert.match((await refusal(client, 'job', { job: 4711 })).message, /no job 4711/);
    assert.match((await refusal(client, 'exportResults', { batch: 5 })).message, /no batch 5/);
    assert.match((await refusal(client, 'enqueueBatches', { batches: ['sweep'] })).message, /no batch sweep/);
    assert.match((await enqueue({ matrix: { a: '1..10000000' } })).message, /10,000,000/);
    assert.match((await enqueue({ matrix: { a: 'x..y' } })).message, /axis a is neither/);
    assert.match((await enqueue({ matrix: { a: [] } })).message, /no values/);
    assert.match(
      (await enqueue({ csv: join(crew.workspace, 'missing.csv') })).message,
      /Cannot read .*missing\.csv/,
    );
    const ragged = await enqueue({ csv: file('ragged.csv', 'a,b\n1,2\n3\n') });
    assert.match(ragged.place!, /ragged\.csv:3$/);
    assert.match((await enqueue({ jsonl: file('bad.jsonl', '{"a":1}\n{"a":\n') })).place!, /bad\.jsonl:2$/);
    assert.match((await enqueue({})).message, /names none of/);
    assert.match((await enqueue({ parameters: [1] })).message, /names with values/);
    const large = 'x'.repeat(Limit.parameters);
    for (const [what, source] of [
      [
        /^Job 1 of batch big has parameters of 1,048,584 bytes; at most 1,048,576 are taken/,
        { parameters: { n: large } },
      ],
      [/^The largest job of batch big would have parameters of/, { matrix: { n: ['a', large], m: '1..3' } }],
      [/^Job 2 of batch big/, { jsonl: file('large.jsonl', `{"n":1}\n{"n":"${large}"}\n`) }],
    ] as const) {
      const error = await enqueue(source, { name: 'big' });
      assert.match(error.message, what);
      assert.match(error.nextStep!, /Write large data to a file/);
    }
    assert.match(
      (await enqueue({ parameters: { n: large.repeat(64) } })).message,
      /^The request has 67,108,\d{3} bytes; at most 67,108,864 are taken/,
    );
    assert.match((await enqueue({ parameters: {} }, { priority: 1.5 })).message, /priority 1.5/);
    assert.match((await enqueue({ parameters: {} }, { attempts: 0 })).message, /attempts/);
    assert.match((await enqueue({ parameters: {} }, { timeout: -1 })).message, /timeout/);
    assert.match((await enqueue({ parameters: { a: 1 } }, { match: ['b'] })).message, /match: b/);

    const state = await client.request('status', {});
    assert.deepEqual(state.batches, []);
    assert.deepEqual(state.workers, []);
  });

  it('in the crew file is refused with file, line and column, and the running crew goes on', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    await client.request('add', { pool: 'tag', count: 1 });
    crew.writeCrewFile('pools:\n  tag:\n    comand: python3 tasks.py\n');
    const error = await refusal(client, 'up', {});
    assert.match(error.place!, /nightcrew\.yaml:3:5$/);
    crew.writeCrewFile('pools: [\n');
    assert.match(
      (await refusal(client, 'enqueue', { pool: 'tag', source: { parameters: {} } })).place!,
      /nightcrew\.yaml:\d+:\d+$/,
    );
    const state = await client.request('status', {});
    assert.equal(state.workers[0]?.state !== 'FAILED', true);
    assert.equal(state.crewFile.problems.length > 0, true);
  });

  it('says so when there is no crew file', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    unlinkSync(join(crew.workspace, 'nightcrew.yaml'));
    assert.match((await refusal(client, 'up', {})).message, /no crew file/);
  });

  it('says so when its state cannot be written', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    writeFileSync(join(crew.workspace, '.nightcrew'), 'a file where the folder should be');
    await assert.rejects(crew.connect(), (error) => {
      assert.ok(error instanceof ControlError, String(error));
      assert.match(error.message, /Cannot write into .*\.nightcrew/);
      return error.nextStep !== undefined;
    });
    rmSync(join(crew.workspace, '.nightcrew'));
  });
});
