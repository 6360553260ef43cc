/** What was decided about a worker or a job is carried out, whoever supervises it when the time comes. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ControlClient } from '../../src/control/client-contract.ts';
import type { ProcessIdentity } from '../../src/core/worker.ts';
import { signalProcess } from '../../src/keeper/process-identity.ts';
import { waitFor } from '../wait-for.ts';
import { attemptsOf, kill, makeLedgerCrew } from './ledger-crew.ts';
import { workerOf, type TemporaryCrew } from './temporary-crew.ts';

const crewFile = (grace: string): string =>
  `pools: { tag: { command: python3 ledger.py, workers: 1, grace: ${grace} } }`;

/** One worker with one job that waits for the file `go`. */
async function busyWorker(crew: TemporaryCrew, parameters: object = {}): Promise<ControlClient> {
  const client = await crew.connect();
  await client.request('up', {});
  const hold = join(crew.workspace, 'go');
  await client.request('enqueue', { pool: 'tag', source: { parameters: { n: 1, hold, ...parameters } } });
  await waitFor('the job to begin', () => attemptsOf(crew, 'begin').length === 1);
  return client;
}

function go(crew: TemporaryCrew): void {
  writeFileSync(join(crew.workspace, 'go'), '');
}

/** Ends the supervisor without warning and connects to the next one. */
async function replaceSupervisor(crew: TemporaryCrew): Promise<ControlClient> {
  await kill(await crew.supervisor());
  return crew.connect();
}

function journalOf(crew: TemporaryCrew): string {
  const folder = join(crew.workspace, '.nightcrew', 'journal');
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
}

const threeWorkers = 'pools: { tag: { command: python3 ledger.py, workers: 3 } }';

/** Asks for the workers while the keeper does not answer, and waits until that they are to be started is recorded. */
async function upWithSilentKeeper(
  crew: TemporaryCrew,
): Promise<{ keeper: ProcessIdentity; up: Promise<unknown> }> {
  const client = await crew.connect();
  const keeper = await crew.keeper();
  assert.ok(keeper);
  await signalProcess(keeper, 'SIGSTOP');
  const up = client.request('up', {}).catch((error: Error) => error);
  await waitFor('the launches to be recorded', () => journalOf(crew).includes('worker.launched'));
  return { keeper, up };
}

describe('what was decided before the supervisor was killed', () => {
  it('a restart stays a restart, and its grace is not begun anew', async () => {
    await using crew = makeLedgerCrew(crewFile('3s'));
    const first = await busyWorker(crew, { deaf: true });
    const before = workerOf(await first.request('status', {}), 'tag-1');
    const asked = performance.now();
    await first.request('restart', { select: { workers: ['tag-1'] } });
    const second = await replaceSupervisor(crew);
    await crew.until(second, 'the second launch to run', (state) => {
      const worker = workerOf(state, 'tag-1');
      return worker.launch === 2 && worker.state === 'RUNNING' && worker.pid !== before.pid;
    });
    const took = performance.now() - asked;
    assert.ok(took > 2_900, `its grace was kept: ${took} ms`);
    go(crew);
    await crew.until(second, 'the job to be done', ({ pools }) => pools[0]?.counts.done === 1);
    assert.deepEqual(attemptsOf(crew, 'begin'), ['1.1', '1.2']);
    const { jobs } = await second.request('jobs', {});
    assert.equal(jobs[0]?.failures, 0, 'a restart by hand costs the job nothing');
  });

  it('a drain stays a drain, and a restart that was revoked is none', async () => {
    await using crew = makeLedgerCrew(crewFile('30s'));
    const first = await busyWorker(crew, { deaf: true });
    await first.request('restart', { select: { workers: ['tag-1'] } });
    await first.request('drain', { select: { workers: ['tag-1'] } });
    const second = await replaceSupervisor(crew);
    assert.equal(workerOf(await second.request('status', {}), 'tag-1').state, 'DRAINING');
    go(crew);
    const state = await crew.until(
      second,
      'the worker to have ended',
      (now) => workerOf(now, 'tag-1').state === 'DEAD',
    );
    assert.equal(workerOf(state, 'tag-1').launch, 1);
    assert.equal(state.pools[0]?.counts.done, 1, 'the job that it was drained with is done');
  });

  it('a job that was cancelled while it ran is not run again', async () => {
    await using crew = makeLedgerCrew(crewFile('30s'));
    const first = await busyWorker(crew);
    // Its worker is stopped, so that the answer to the cancellation comes after the supervisor's end.
    const worker = workerOf(await first.request('status', {}), 'tag-1');
    process.kill(worker.pid!, 'SIGSTOP');
    await first.request('cancel', { jobs: [1] });
    await kill(await crew.supervisor());
    process.kill(worker.pid!, 'SIGCONT');
    const second = await crew.connect();
    await crew.until(second, 'the job to be cancelled', ({ pools }) => pools[0]?.counts.cancelled === 1);
    assert.deepEqual(attemptsOf(crew, 'begin'), ['1.1']);
  });

  it('workers of `up` whose keeper had not answered yet: each has one process', async () => {
    await using crew = makeLedgerCrew(threeWorkers);
    const { keeper, up } = await upWithSilentKeeper(crew);
    const recorded = journalOf(crew);
    for (const worker of ['tag-1', 'tag-2', 'tag-3']) {
      assert.ok(recorded.includes(`"worker":"${worker}","launch":1`), `${worker}: all or none`);
    }
    await kill(await crew.supervisor());
    await up;
    await signalProcess(keeper, 'SIGCONT');
    const second = await crew.connect();
    const state = await crew.until(second, 'all to run', ({ workers }) =>
      workers.every((worker) => worker.state === 'RUNNING'),
    );
    assert.equal(state.workers.length, 3);
    assert.equal(new Set(state.workers.map(({ pid }) => pid)).size, 3);
    await second.request('enqueue', { pool: 'tag', source: { matrix: { n: '1..20' } } });
    await crew.until(second, 'the jobs to be done', ({ pools }) => pools[0]?.counts.done === 20);
    assert.equal(new Set(attemptsOf(crew, 'begin')).size, 20);
  });

  it('workers of `up` whose keeper died before it started them are started by the next', async () => {
    await using crew = makeLedgerCrew(threeWorkers);
    const { keeper, up } = await upWithSilentKeeper(crew);
    await kill(await crew.supervisor());
    await up;
    await kill(keeper);
    const second = await crew.connect();
    const { start } = second.server;
    assert.deepEqual(start, { cause: 'crashed', adopted: 0, lost: 0, requeued: 0 });
    const state = await crew.until(second, 'all to run', ({ workers }) =>
      workers.every((worker) => worker.state === 'RUNNING'),
    );
    assert.deepEqual(
      state.workers.map(({ launch }) => launch),
      [1, 1, 1],
    );
  });
});
