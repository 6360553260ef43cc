/** The brain and the hands may die; the work goes on and nothing is run twice. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ControlClient } from '../../src/control/client-contract.ts';
import { MetricHistory, overall } from '../../src/core/metric-history.ts';
import { isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { diskFileSystem } from '../../src/store/file-system.ts';
import { MetricsFile } from '../../src/store/metrics-file.ts';
import { waitFor } from '../wait-for.ts';
import { TemporaryCrew, workerOf } from './temporary-crew.ts';

const crewFile = 'pools: { tag: { command: python3 ledger.py, workers: 2, grace: 1s } }';

/** Writes a line when an attempt begins and when it ends, where the product has no part in it. */
const ledgerWorker = `
import os, time
import nightcrew

def write(line):
    with open("ledger", "a") as ledger:
        ledger.write(line + "\\n")

@nightcrew.task
def run(job, n, hold=None):
    write(f"begin {job.id}.{job.attempt} {os.getpid()}")
    while hold and not os.path.exists(hold):
        time.sleep(0.01)
    write(f"end {job.id}.{job.attempt} {os.getpid()}")
    return n

nightcrew.run()
`;

function makeCrew(): TemporaryCrew {
  const crew = TemporaryCrew.make(crewFile);
  writeFileSync(join(crew.workspace, 'ledger.py'), ledgerWorker);
  return crew;
}

function ledger(crew: TemporaryCrew): string[] {
  const file = join(crew.workspace, 'ledger');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

async function twoHeldJobs(crew: TemporaryCrew, client: ControlClient): Promise<void> {
  await client.request('up', {});
  const hold = join(crew.workspace, 'go');
  await client.request('enqueue', { pool: 'tag', source: { matrix: { n: [1, 2] }, base: { hold } } });
  await waitFor('both jobs to begin', () => ledger(crew).length === 2);
}

async function kill(identity: Awaited<ReturnType<TemporaryCrew['supervisor']>>): Promise<void> {
  assert.ok(identity);
  await signalProcess(identity, 'SIGKILL');
  await waitFor('the process to be gone', async () => !(await isAlive(identity)));
}

async function stop(client: ControlClient): Promise<void> {
  const closed = new Promise<void>((resolve) => client.onClose(resolve));
  await client.request('down', { mode: 'stop' });
  await closed;
}

/** As the figures over time of the pool have it. */
async function endedJobs(client: ControlClient): Promise<number | undefined> {
  const { series } = await client.request('metrics', { of: 'tag', aggregated: true });
  return series[0]?.overall?.done;
}

describe('recovery', () => {
  it('takes the workers back after SIGKILL of the supervisor: same processes, no job lost, none run twice', async () => {
    await using crew = makeCrew();
    const first = await crew.connect();
    await twoHeldJobs(crew, first);
    const before = await first.request('status', {});
    const keeper = await crew.keeper();
    const supervisor = await crew.supervisor();
    await kill(supervisor);
    // While nobody is there, one job ends; its result is kept.
    appendFileSync(join(crew.workspace, 'go'), '');
    await waitFor('the keeper to bring up another supervisor', async () => {
      const now = await crew.supervisor();
      return now !== undefined && now.pid !== supervisor?.pid && (await isAlive(now));
    });
    const second = await crew.connect();
    assert.notEqual(second.server.serverId, before.server.serverId);
    assert.deepEqual(await crew.keeper(), keeper);
    const state = await crew.until(
      second,
      'both jobs to be done',
      ({ pools }) => pools[0]?.counts.done === 2,
    );
    for (const { id, pid, launch } of before.workers) {
      assert.deepEqual([workerOf(state, id).pid, workerOf(state, id).launch], [pid, launch]);
    }
    assert.equal(state.workers.length, 2);
    const begun = ledger(crew).filter((line) => line.startsWith('begin'));
    assert.deepEqual(begun.map((line) => line.split(' ')[1]).sort(), ['1.1', '2.1']);
    await second.request('enqueue', { pool: 'tag', source: { parameters: { n: 3 } } });
    await crew.until(second, 'the next job to be done', ({ pools }) => pools[0]?.counts.done === 3);
  });

  it('starts the lost workers again after SIGKILL of the keeper, and their jobs as the next attempt', async () => {
    await using crew = makeCrew();
    const client = await crew.connect();
    await twoHeldJobs(crew, client);
    const before = await client.request('status', {});
    await kill(await crew.keeper());
    writeFileSync(join(crew.workspace, 'go'), '');
    const state = await crew.until(
      client,
      'both jobs to be done',
      ({ pools }) => pools[0]?.counts.done === 2,
    );
    assert.equal(state.server.pid, before.server.pid, 'the supervisor went on');
    for (const { id, pid } of before.workers) {
      const worker = workerOf(state, id);
      assert.equal(worker.launch, 2);
      assert.notEqual(worker.pid, pid);
    }
    const { jobs } = await client.request('jobs', {});
    assert.deepEqual(
      jobs.map(({ attempts }) => attempts),
      [2, 2],
    );
  });

  it('resumes a crew after both were killed', async () => {
    await using crew = makeCrew();
    await twoHeldJobs(crew, await crew.connect());
    const keeper = await crew.keeper();
    assert.ok(keeper);
    // Both at once: the keeper must not see the supervisor's end first.
    await signalProcess(keeper, 'SIGSTOP');
    await kill(await crew.supervisor());
    await kill(keeper);
    writeFileSync(join(crew.workspace, 'go'), '');
    const client = await crew.connect();
    await crew.until(client, 'both jobs to be done', ({ pools }) => pools[0]?.counts.done === 2);
  });

  it('keeps the queue, and figures over time, over an ordinary stop', async () => {
    await using crew = makeCrew();
    const first = await crew.connect();
    await first.request('enqueue', { pool: 'tag', source: { matrix: { n: '1..3000' } } });
    await stop(first);
    const second = await crew.connect();
    assert.equal(
      (await second.request('status', {})).workers.length,
      0,
      'nothing starts by itself after a stop',
    );
    await second.request('up', {});
    await crew.until(second, 'all jobs to be done', ({ pools }) => pools[0]?.counts.done === 3000, 60);
    const ends = ledger(crew)
      .filter((line) => line.startsWith('end'))
      .map((line) => line.split(' ')[1]);
    assert.equal(new Set(ends).size, 3000);
    assert.equal(ends.length, 3000, 'each job ran once');
    await waitFor('the last second to be looked at', async () => (await endedJobs(second)) === 3000);
    await stop(second);
    // As the next one will find them.
    const history = new MetricHistory();
    assert.equal(
      await new MetricsFile(diskFileSystem, join(crew.workspace, '.nightcrew'), history).load(),
      0,
    );
    const pool = history.series.find(({ subject }) => subject.worker === undefined);
    for (const ring of pool!.rings) assert.equal(overall([...ring.read()])?.done, 3000);
  });

  it('lets only one supervisor live when many faces start one in the same moment', async () => {
    await using crew = makeCrew();
    const clients = await Promise.all(Array.from({ length: 6 }, () => crew.connect()));
    assert.equal(new Set(clients.map(({ server }) => server.serverId)).size, 1);
  });
});
