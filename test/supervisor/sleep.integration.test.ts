/** A laptop's sleep, for real: every process of the crew is stopped for longer than any limit, and goes on. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessIdentity } from '../../src/core/worker.ts';
import { signalProcess } from '../../src/keeper/process-identity.ts';
import { markedProcesses } from '../../src/keeper/process-tree.ts';
import { launchMarker } from '../../src/keeper/launch-marker.ts';
import { waitFor } from '../wait-for.ts';
import { TemporaryCrew } from './temporary-crew.ts';

/** Longer than the job's limit, the start's limit and the seven heartbeats after which a worker counts as stalled. */
const SLEEP = 9_000;

const crewFile = `
pools:
  work: { command: python3 steps.py, workers: 3, heartbeat: 1s, timeout: 8s, grace: 1s }
  late: { command: python3 steps.py slow-start, workers: 1, heartbeat: 1s, startup: 8s }
`;

/** Measures time by what it lives through, and writes down what it does where the product has no part in it. */
const steps = `
import os, sys, time
import nightcrew

def write(line):
    with open("ledger", "a") as ledger:
        ledger.write(line + "\\n")

@nightcrew.task
def run(job, n):
    write(f"begin {job.id}.{job.attempt}")
    for step in range(40):
        job.raise_if_cancelled()
        time.sleep(0.05)
    write(f"end {job.id}.{job.attempt}")
    return n

if "slow-start" in sys.argv:
    write("starting")
    for step in range(60):
        time.sleep(0.05)
nightcrew.run()
`;

describe('sleep and wake', () => {
  it('of all processes, longer than every limit: nothing is late, stalled or run twice', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    writeFileSync(join(crew.workspace, 'steps.py'), steps);
    const client = await crew.connect();
    let stalled = 0;
    client.on('state/changed', ({ workers = [] }) => {
      stalled += workers.filter((worker) => worker.stalled).length;
    });
    await client.request('subscribe', {});
    await client.request('up', { pools: ['work'] });
    await crew.until(client, 'the workers to be there', ({ workers }) =>
      workers.every(({ healthy }) => healthy),
    );
    await client.request('enqueue', { pool: 'work', source: { matrix: { n: '1..6' } } });
    await client.request('up', { pools: ['late'] });
    await waitFor('jobs to run and the late one to start', () => {
      const lines = ledger(crew);
      return lines.includes('starting') && lines.filter((line) => line.startsWith('begin')).length >= 3;
    });

    const set = await processes(crew);
    assert.ok(set.length >= 6, `${set.length} processes`);
    for (const member of shuffled(set)) await signalProcess(member, 'SIGSTOP');
    await delay(SLEEP);
    for (const member of shuffled(set)) {
      await signalProcess(member, 'SIGCONT');
      await delay(Math.random() * 200);
    }

    const state = await crew.until(
      client,
      'all jobs to be done and all workers to be well',
      ({ pools, workers }) =>
        pools.some(({ counts }) => counts.done === 6) && workers.every(({ healthy }) => healthy),
    );
    assert.equal(state.workers.length, 4);
    assert.deepEqual(new Set(state.workers.map(({ launch }) => launch)), new Set([1]));
    assert.equal(stalled, 0);
    const expected = [1, 2, 3, 4, 5, 6].flatMap((job) => [`begin ${job}.1`, `end ${job}.1`]);
    assert.deepEqual(
      ledger(crew)
        .filter((line) => line !== 'starting')
        .sort(),
      expected.sort(),
    );
  });
});

function ledger(crew: TemporaryCrew): string[] {
  const file = join(crew.workspace, 'ledger');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

/** Supervisor, keeper and every process of every worker. */
async function processes(crew: TemporaryCrew): Promise<ProcessIdentity[]> {
  const markers = new Set(
    ['work-1', 'work-2', 'work-3', 'late-1'].map((worker) => launchMarker(crew.workspace, worker, 1)),
  );
  const workers = (await markedProcesses()).filter(({ marker }) => markers.has(marker));
  const [supervisor, keeper] = [await crew.supervisor(), await crew.keeper()];
  assert.ok(supervisor && keeper);
  return [supervisor, keeper, ...workers.map(({ identity }) => identity)];
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
