/** A journal that does not say any more what a living worker was given: nothing that it may be running is run beside it. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { identifyProcess, isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { waitFor } from '../wait-for.ts';
import { attemptsOf, kill, ledgerOf, makeLedgerCrew, nextSupervisor } from './ledger-crew.ts';
import { workerOf, type TemporaryCrew } from './temporary-crew.ts';

describe('damage to the record of a claim', () => {
  it('ends the workers that may have the job before it is given to another, at no cost of an attempt', async () => {
    await using crew = makeLedgerCrew('pools: { tag: { command: python3 ledger.py, workers: 2 } }');
    const client = await crew.connect();
    await client.request('up', {});
    const hold = join(crew.workspace, 'go');
    // One after the other, so that each claim has a record of its own and only one is damaged.
    for (const n of [1, 2]) {
      const source = { parameters: { n, hold, deaf: true } };
      await client.request('enqueue', { pool: 'tag', attempts: 1, source });
      await waitFor(`job ${n} to begin`, () => attemptsOf(crew, 'begin').length === n);
    }
    const before = await client.request('status', {});
    const first = await Promise.all(
      ledgerOf(crew).map(async ({ detail }) => (await identifyProcess(Number(detail)))!),
    );
    // What comes behind the damage shows that it is no torn tail: the second knows that the claim had been flushed.
    for (const n of [3, 4]) await client.request('enqueue', { pool: 'tag', source: { parameters: { n } } });

    const [supervisor, keeper] = [(await crew.supervisor())!, (await crew.keeper())!];
    await signalProcess(keeper, 'SIGSTOP');
    await kill(supervisor);
    damageClaim(crew, 2);
    await signalProcess(keeper, 'SIGCONT');
    await nextSupervisor(crew, supervisor);
    await waitFor('both jobs to begin again', () => attemptsOf(crew, 'begin').length >= 4);
    for (const process of first) assert.equal(await isAlive(process), false, `${process.pid} goes on`);

    writeFileSync(hold, '');
    const second = await crew.connect();
    const { damage } = second.server.recovery;
    assert.deepEqual(damage?.doubtfulWorkers.toSorted(), ['tag-1', 'tag-2']);
    assert.deepEqual([second.server.start.adopted, second.server.start.lost], [0, 2]);
    const after = await crew.until(second, 'all to be done', ({ pools }) => pools[0]?.counts.done === 4);
    for (const { id, launch } of before.workers) assert.equal(workerOf(after, id).launch, launch + 1);
    assert.deepEqual(await crew.keeper(), keeper);
    for (const number of [1, 2, 3, 4]) {
      const job = await second.request('job', { job: number });
      assert.deepEqual([job.state, job.failures], ['done', 0]);
      const ended = attemptsOf(crew, 'end').filter((attempt) => attempt.startsWith(`${number}.`));
      assert.equal(ended.length, 1);
    }
    const known = await second.request('job', { job: 1 });
    assert.deepEqual(
      known.attemptHistory.map(({ outcome }) => outcome),
      ['lost', 'done'],
    );
  });
});

/** Flips a bit in the record that says who was given the job. */
function damageClaim(crew: TemporaryCrew, job: number): void {
  const folder = join(crew.workspace, '.nightcrew', 'journal');
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name));
    const place = bytes.indexOf(`{"type":"job.claimed","job":${job},`);
    if (place < 0) continue;
    bytes[place + 3]! ^= 1;
    writeFileSync(join(folder, name), bytes);
    return;
  }
  assert.fail(`no claim of job ${job} is in the journal`);
}
