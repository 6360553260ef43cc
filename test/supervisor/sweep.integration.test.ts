/** What nobody holds any more is ended, all of it and nothing else. */
import assert from 'node:assert/strict';
import { realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { CrewState } from '../../src/control/crew-state.ts';
import type { ControlClient } from '../../src/control/client-contract.ts';
import type { ProcessIdentity } from '../../src/core/worker.ts';
import { launchMarker } from '../../src/keeper/launch-marker.ts';
import { identifyProcess, isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { markedProcesses } from '../../src/keeper/process-tree.ts';
import { waitFor } from '../wait-for.ts';
import { Bystanders, commandOf, environmentOf, processesIn } from './bystanders.ts';
import { attemptsOf, kill, ledgerOf, makeLedgerCrew } from './ledger-crew.ts';
import { changeJournal, tearJournal } from './recorded-state.ts';
import { workerOf, type TemporaryCrew } from './temporary-crew.ts';

/**
 * Each worker has a child, one that left group and session, and soon its parents, and one in its group that has nothing of
 * its environment and no parents.
 */
const crewFile = `pools:
  tag:
    command:
      - sh
      - -c
      - sleep 3600 >/dev/null & (setsid sleep 3601 >/dev/null &); (env -i sleep 3602 >/dev/null &); exec python3 ledger.py
    workers: 2
    grace: 1s
`;
const PROCESSES_OF_A_WORKER = 4;

/** Two workers, each in the middle of a job that has saved a checkpoint. */
async function busyCrew(crew: TemporaryCrew): Promise<{ client: ControlClient; state: CrewState }> {
  const client = await crew.connect();
  await client.request('up', {});
  const base = { hold: join(crew.workspace, 'go'), deaf: true, checkpoint: 7 };
  await client.request('enqueue', { pool: 'tag', source: { matrix: { n: [1, 2] }, base } });
  await waitFor('both jobs to save', () => attemptsOf(crew, 'saved').length === 2);
  // Whatever they said is on the disk once what was said later is.
  await client.request('enqueue', { pool: 'tag', source: { parameters: { n: 3 } } });
  await waitFor(
    'all their processes',
    async () => (await processesOf(crew)).length === 2 * PROCESSES_OF_A_WORKER,
  );
  return { client, state: await client.request('status', {}) };
}

/** Every process that carries a marker of the crew's workspace, or has none and was begun there. */
async function processesOf(crew: TemporaryCrew): Promise<ProcessIdentity[]> {
  const workspace = realpathSync(crew.workspace);
  const prefix = launchMarker(workspace, '', 0).slice(0, 33);
  const marked = (await markedProcesses()).filter(({ marker }) => marker.startsWith(prefix));
  const hidden = await Promise.all(processesIn(workspace, 'sleep 3602').map(identifyProcess));
  return [...marked.map(({ identity }) => identity), ...hidden].filter((found) => found !== undefined);
}

/** Both at once: neither sees the other's end. */
async function killBoth(crew: TemporaryCrew): Promise<void> {
  const [keeper, supervisor] = [await crew.keeper(), await crew.supervisor()];
  assert.ok(keeper && supervisor);
  await signalProcess(keeper, 'SIGSTOP');
  await kill(supervisor);
  await kill(keeper);
}

async function living(identities: readonly ProcessIdentity[]): Promise<number[]> {
  const alive = await Promise.all(identities.map(isAlive));
  return identities.filter((_, index) => alive[index]).map(({ pid }) => pid);
}

function go(crew: TemporaryCrew): void {
  writeFileSync(join(crew.workspace, 'go'), '');
}

async function untilDone(crew: TemporaryCrew, client: ControlClient, jobs: number): Promise<void> {
  go(crew);
  await crew.until(client, 'all jobs to be done', ({ pools }) => pools[0]?.counts.done === jobs);
}

/** The two jobs went on with their checkpoints, once, and it cost them nothing. */
async function assertResumed(crew: TemporaryCrew, client: ControlClient): Promise<void> {
  await untilDone(crew, client, 3);
  assert.deepEqual(attemptsOf(crew, 'begin').sort(), ['1.1', '1.2', '2.1', '2.2', '3.1']);
  assert.deepEqual(
    ledgerOf(crew)
      .filter(({ what }) => what === 'resume')
      .map(({ attempt, detail }) => `${attempt} ${detail}`)
      .sort(),
    ['1.2 7', '2.2 7'],
  );
  const { jobs } = await client.request('jobs', {});
  assert.deepEqual(new Set(jobs.map(({ failures }) => failures)), new Set([0]));
}

describe('the sweep', { skip: process.platform !== 'linux' && 'reads /proc' }, () => {
  it('ends whole trees after SIGKILL of supervisor and keeper, and nothing that only looks like them', async () => {
    await using crew = makeLedgerCrew(crewFile);
    await using other = makeLedgerCrew(crewFile);
    await using bystanders = new Bystanders();
    const { state } = await busyCrew(crew);
    const elsewhere = await busyCrew(other);
    const worker = workerOf(state, 'tag-1').pid!;
    const command = commandOf(worker);
    const decoy = (name: string, marker?: string): Promise<ProcessIdentity> =>
      bystanders.start(name, command, { cwd: crew.workspace, env: environmentOf(worker, marker) });
    await decoy('the same program without a marker');
    await decoy('the same worker of a workspace of the same name', launchMarker('/elsewhere/w', 'tag-1', 1));
    const before = await processesOf(crew);
    await killBoth(crew);
    assert.ok((await living(before)).length > 0, 'something is left over');
    const client = await crew.connect();
    assert.deepEqual(client.server.start, { cause: 'crashed', adopted: 0, lost: 2, requeued: 2 });
    assert.deepEqual(await living(before), []);
    assert.deepEqual(await bystanders.ended(), []);
    await assertResumed(crew, client);
    const after = await other.connect();
    const now = await after.request('status', {});
    for (const { id, pid } of elsewhere.state.workers) assert.equal(workerOf(now, id).pid, pid);
    await untilDone(other, after, 3);
    assert.deepEqual(attemptsOf(other, 'begin').sort(), ['1.1', '2.1', '3.1'], 'the other workspace');
    assert.deepEqual(await bystanders.ended(), []);
  });

  it('finds what a worker left that was killed, too', async () => {
    await using crew = makeLedgerCrew(crewFile);
    const { state } = await busyCrew(crew);
    const before = await processesOf(crew);
    const leader = before.find(({ pid }) => pid === workerOf(state, 'tag-2').pid);
    const keeper = await crew.keeper();
    assert.ok(keeper);
    await signalProcess(keeper, 'SIGSTOP');
    await kill(await crew.supervisor());
    await kill(leader);
    await kill(keeper);
    const client = await crew.connect();
    assert.deepEqual(client.server.start, { cause: 'crashed', adopted: 0, lost: 2, requeued: 2 });
    assert.deepEqual(await living(before), []);
    await assertResumed(crew, client);
  });

  it('ends workers that nobody knows: the journal lost their beginning, or they were removed long ago', async () => {
    await using crew = makeLedgerCrew(crewFile);
    await using bystanders = new Bystanders();
    await busyCrew(crew);
    const before = await processesOf(crew);
    const marker = launchMarker(realpathSync(crew.workspace), 'gone-9', 7);
    const env = { ...process.env, NIGHTCREW_WORKER_ID: 'gone-9', NIGHTCREW_LAUNCH_MARKER: marker };
    await bystanders.start('of a removed worker', ['sleep', '3600'], { cwd: '/', env });
    await killBoth(crew);
    tearJournal(crew, ({ type }) => type === 'worker.added');
    const client = await crew.connect();
    assert.deepEqual((await client.request('status', {})).workers, []);
    assert.deepEqual(await living(before), []);
    assert.deepEqual(await bystanders.ended(), ['of a removed worker']);
  });

  it('leaves a process alone that has the PID of a worker, and leads a group of that number', async () => {
    await using crew = makeLedgerCrew(crewFile);
    await using bystanders = new Bystanders();
    await busyCrew(crew);
    const before = await processesOf(crew);
    const stranger = await bystanders.start('a stranger', ['sleep', '3600'], { cwd: '/', env: process.env });
    await killBoth(crew);
    changeJournal(crew, (record) => {
      const { e: events } = JSON.parse(record) as { e: { type: string; process?: ProcessIdentity }[] };
      if (!events.some(({ type }) => type === 'worker.spawned')) return record;
      return record.replaceAll(/"pid":\d+/g, `"pid":${stranger.pid}`);
    });
    const client = await crew.connect();
    assert.deepEqual(client.server.start, { cause: 'crashed', adopted: 0, lost: 2, requeued: 2 });
    assert.deepEqual(await living(before), [], 'found by their markers');
    assert.deepEqual(await bystanders.ended(), []);
    await assertResumed(crew, client);
    assert.deepEqual(await bystanders.ended(), []);
  });

  it('touches nothing that a living keeper holds, and ends the rest', async () => {
    await using crew = makeLedgerCrew(crewFile);
    await using bystanders = new Bystanders();
    await busyCrew(crew);
    const before = await processesOf(crew);
    const marker = launchMarker(realpathSync(crew.workspace), 'tag-1', 7);
    const env = { ...process.env, NIGHTCREW_WORKER_ID: 'tag-1', NIGHTCREW_LAUNCH_MARKER: marker };
    await bystanders.start('of a launch nobody holds', ['sleep', '3600'], { cwd: '/', env });
    await kill(await crew.supervisor());
    const client = await crew.connect();
    assert.deepEqual(client.server.start, { cause: 'crashed', adopted: 2, lost: 0, requeued: 0 });
    assert.deepEqual((await living(before)).length, before.length);
    assert.deepEqual(await bystanders.ended(), ['of a launch nobody holds']);
    await untilDone(crew, client, 3);
    assert.deepEqual(attemptsOf(crew, 'begin').sort(), ['1.1', '2.1', '3.1']);
  });

  it('does not take a supervisor and a keeper for a part of the worker whose job started them', async () => {
    await using crew = makeLedgerCrew(crewFile);
    const marker = launchMarker(realpathSync(crew.workspace), 'tag-1', 1);
    const variables = { NIGHTCREW_WORKER_ID: 'tag-1', NIGHTCREW_LAUNCH_MARKER: marker };
    Object.assign(process.env, variables);
    try {
      await crew.connect();
    } finally {
      for (const name of Object.keys(variables)) delete process.env[name];
    }
    assert.deepEqual(await processesOf(crew), []);
  });
});
