/**
 * The machine was started anew: nothing of the crew runs, and what is recorded was recorded in another boot. The new boot
 * is simulated the other way round: the records are changed to one that was never there.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ControlClient } from '../../src/control/client-contract.ts';
import { runtimeFolder } from '../../src/control/runtime-folder.ts';
import type { ProcessIdentity } from '../../src/core/worker.ts';
import { identifyProcess, isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { waitFor } from '../wait-for.ts';
import { Bystanders } from './bystanders.ts';
import { attemptsOf, kill, ledgerOf, makeLedgerCrew } from './ledger-crew.ts';
import { changeJournal, OTHER_BOOT, recordedInOtherBoot } from './recorded-state.ts';
import { workerOf, type TemporaryCrew } from './temporary-crew.ts';

const crewFile = 'pools: { tag: { command: python3 ledger.py, workers: 2, grace: 1s } }';

/** Two workers, each in the middle of a job that has saved a checkpoint, and a job that waits. */
async function busyCrew(crew: TemporaryCrew): Promise<ControlClient> {
  const client = await crew.connect();
  await client.request('up', {});
  const base = { hold: join(crew.workspace, 'go'), deaf: true, checkpoint: 7 };
  await client.request('enqueue', { pool: 'tag', source: { matrix: { n: [1, 2] }, base } });
  await waitFor('both jobs to save', () => attemptsOf(crew, 'saved').length === 2);
  await client.request('enqueue', { pool: 'tag', source: { parameters: { n: 3 } } });
  return client;
}

async function workersOf(crew: TemporaryCrew, client: ControlClient): Promise<ProcessIdentity[]> {
  const { workers } = await client.request('status', {});
  const found = await Promise.all(workers.map(({ pid }) => identifyProcess(pid!)));
  return found.filter((identity) => identity !== undefined);
}

/** Nothing of the crew is left. */
async function switchOff(crew: TemporaryCrew, workers: readonly ProcessIdentity[]): Promise<void> {
  const keeper = await crew.keeper();
  assert.ok(keeper);
  await signalProcess(keeper, 'SIGSTOP');
  const supervisor = await crew.supervisor();
  if (supervisor && (await isAlive(supervisor))) await kill(supervisor);
  for (const worker of workers) await kill(worker);
  await kill(keeper);
}

/** The rest of the jobs' lives: they went on with their checkpoints, and the reboot cost them nothing. */
async function assertGoesOn(crew: TemporaryCrew, client: ControlClient): Promise<void> {
  writeFileSync(join(crew.workspace, 'go'), '');
  await crew.until(client, 'all jobs to be done', ({ pools }) => pools[0]?.counts.done === 3);
  assert.deepEqual(attemptsOf(crew, 'begin').sort(), ['1.1', '1.2', '2.1', '2.2', '3.1']);
  const resumed = ledgerOf(crew).filter(({ what }) => what === 'resume');
  assert.deepEqual(resumed.map(({ attempt, detail }) => `${attempt} ${detail}`).sort(), ['1.2 7', '2.2 7']);
  const { jobs } = await client.request('jobs', {});
  for (const job of jobs) assert.equal(job.failures, 0, `job ${job.id}`);
}

function changeFile(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

describe('a reboot', { skip: process.platform !== 'linux' && 'reads /proc' }, () => {
  it('goes on with queue, registry, crew and checkpoints, and says what happened', async () => {
    await using crew = makeLedgerCrew(crewFile);
    // A first life, so that there is a database with the old boot in it.
    const first = await crew.connect();
    await first.request('up', {});
    const closed = new Promise<void>((resolve) => first.onClose(resolve));
    await first.request('down', { mode: 'stop' });
    await closed;
    const before = await busyCrew(crew);
    const workers = await workersOf(crew, before);
    await switchOff(crew, workers);
    const { places } = recordedInOtherBoot(crew, workers[0]!.bootId);
    assert.deepEqual(places, ['journal', 'keeper.json', 'nightcrew.db', 'supervisor.lease', 'ticket']);
    const client = await crew.connect();
    assert.deepEqual(client.server.start, { cause: 'rebooted', adopted: 0, lost: 2, requeued: 2 });
    const state = await client.request('status', {});
    assert.deepEqual(
      state.workers.map(({ id, launch }) => [id, launch]),
      [
        ['tag-1', 3],
        ['tag-2', 3],
      ],
    );
    await assertGoesOn(crew, client);
  });

  it('finds the workers in the database alone, when the last supervisor had time to write it', async () => {
    await using crew = makeLedgerCrew(crewFile);
    const before = await busyCrew(crew);
    const workers = await workersOf(crew, before);
    const supervisor = await crew.supervisor();
    assert.ok(supervisor);
    // A machine that goes down asks first.
    await signalProcess(supervisor, 'SIGTERM');
    await waitFor('the supervisor to leave', async () => !(await isAlive(supervisor)));
    await switchOff(crew, workers);
    const { places } = recordedInOtherBoot(crew, workers[0]!.bootId);
    assert.ok(places.includes('nightcrew.db'), places.join());
    const client = await crew.connect();
    assert.deepEqual(client.server.start, { cause: 'rebooted', adopted: 0, lost: 2, requeued: 2 });
    await assertGoesOn(crew, client);
  });

  it('starts no worker when the crew was not wanted', async () => {
    await using crew = makeLedgerCrew(crewFile);
    const before = await busyCrew(crew);
    const workers = await workersOf(crew, before);
    // The jobs hold their workers back, so that the machine goes down while the crew is coming down.
    const down = before.request('down', { mode: 'drain' }).catch((error: Error) => error);
    await crew.until(before, 'the crew to come down', ({ workers: all }) =>
      all.every(({ state }) => state === 'DRAINING'),
    );
    await switchOff(crew, workers);
    await down;
    recordedInOtherBoot(crew, workers[0]!.bootId);
    const client = await crew.connect();
    const { cause, requeued } = client.server.start;
    assert.deepEqual({ cause, requeued }, { cause: 'rebooted', requeued: 2 });
    const state = await client.request('status', {});
    assert.deepEqual(
      state.workers.filter(({ pid }) => pid !== undefined),
      [],
      'nothing starts by itself',
    );
    assert.equal(state.pools[0]?.counts.pending, 3);
    await client.request('up', {});
    await assertGoesOn(crew, client);
  });

  it('leaves the processes alone that have the old PIDs now, even those that began at the same tick', async () => {
    await using crew = makeLedgerCrew(crewFile);
    await using bystanders = new Bystanders();
    const before = await busyCrew(crew);
    const workers = await workersOf(crew, before);
    const ids = ['tag-1', 'tag-2', 'supervisor', 'keeper'];
    const strangers = new Map<string, ProcessIdentity>();
    for (const id of ids) {
      strangers.set(id, await bystanders.start(id, ['sleep', '3600'], { cwd: '/', env: process.env }));
    }
    const [supervisor, keeper] = [await crew.supervisor(), await crew.keeper()];
    const { workers: views } = await before.request('status', {});
    const old = new Map<string, ProcessIdentity | undefined>([
      ['supervisor', supervisor],
      ['keeper', keeper],
      ...views.map(({ id, pid }) => [id, workers.find((worker) => worker.pid === pid)] as const),
    ]);
    await switchOff(crew, workers);
    recordedInOtherBoot(crew, workers[0]!.bootId);
    const renamed = new Set<string>();
    const asStranger = (text: string): string => {
      let changed = text;
      for (const id of ids) {
        const was = JSON.stringify({ ...old.get(id)!, bootId: OTHER_BOOT });
        if (changed.includes(was)) renamed.add(id);
        changed = changed.replaceAll(was, JSON.stringify({ ...strangers.get(id)!, bootId: OTHER_BOOT }));
      }
      return changed;
    };
    changeJournal(crew, asStranger);
    const { folder, leaseFile } = runtimeFolder(crew.workspace, crew.environment);
    for (const file of [leaseFile, join(folder, 'keeper.json')]) changeFile(file, asStranger);
    assert.deepEqual([...renamed].sort(), [...ids].sort());
    const client = await crew.connect();
    assert.deepEqual(client.server.start, { cause: 'rebooted', adopted: 0, lost: 2, requeued: 2 });
    await assertGoesOn(crew, client);
    const state = await client.request('status', {});
    for (const id of ['tag-1', 'tag-2']) assert.notEqual(workerOf(state, id).pid, strangers.get(id)!.pid);
    assert.deepEqual(await bystanders.ended(), []);
  });
});
