/** SIGKILL of the keeper: its workers go with it, whole, and their jobs are run again from where they were. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Notice } from '../../src/control/api.ts';
import { identifyProcess, isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { waitFor } from '../wait-for.ts';
import { attemptsOf, ledgerOf, makeLedgerCrew } from './ledger-crew.ts';
import { workerOf } from './temporary-crew.ts';

const crewFile = 'pools: { simulation: { command: python3 ledger.py, workers: 2 } }';

describe('SIGKILL of the keeper', { skip: process.platform !== 'linux' && 'reads /proc' }, () => {
  it('ends whole trees and gives the jobs back with their checkpoints, at no cost of an attempt', async (test) => {
    await using crew = makeLedgerCrew(crewFile);
    const client = await crew.connect();
    const notices: Notice[] = [];
    client.on('notice', (notice) => void notices.push(notice));
    await client.request('up', {});
    const base = { hold: join(crew.workspace, 'go'), deaf: true, descendants: true, checkpoint: 7 };
    await client.request('enqueue', {
      pool: 'simulation',
      attempts: 1,
      source: { matrix: { n: [1, 2] }, base },
    });
    await waitFor('both jobs to be under way', () => attemptsOf(crew, 'saved').length === 2);
    const before = await client.request('status', {});
    const supervisor = await crew.supervisor();
    const keeper = (await crew.keeper())!;
    const trees = await Promise.all(processesOf(crew.workspace).map(({ pid }) => identifyProcess(pid)));
    assert.equal(
      trees.length,
      6,
      'each worker has a child in a session of its own and one that was forked twice',
    );

    const killedAt = performance.now();
    await signalProcess(keeper, 'SIGKILL');
    await waitFor('another keeper', async () => {
      const now = await crew.keeper();
      return now !== undefined && now.pid !== keeper.pid && (await isAlive(now));
    });
    test.diagnostic(`another keeper after ${Math.round(performance.now() - killedAt)} ms`);
    await waitFor('both jobs to be under way again', () => attemptsOf(crew, 'saved').length === 4);
    for (const process of trees) assert.equal(await isAlive(process!), false, `${process!.pid} was left`);
    for (const { pid, marker } of processesOf(crew.workspace)) {
      assert.match(marker, /\/2$/, `${pid} is an orphan of the first launch`);
    }

    writeFileSync(base.hold, '');
    const after = await crew.until(
      client,
      'both jobs to be done',
      ({ pools }) => pools[0]?.counts.done === 2,
    );
    assert.equal(after.server.serverId, before.server.serverId);
    assert.deepEqual(await crew.supervisor(), supervisor);
    for (const { id, pid } of before.workers) {
      assert.equal(workerOf(after, id).launch, 2);
      assert.notEqual(workerOf(after, id).pid, pid);
    }
    const resumed = ledgerOf(crew).filter(({ what }) => what === 'resume');
    assert.deepEqual(resumed.map(({ attempt, detail }) => `${attempt} from ${detail}`).sort(), [
      '1.2 from 7',
      '2.2 from 7',
    ]);
    for (const number of [1, 2]) {
      const job = await client.request('job', { job: number });
      assert.deepEqual(
        job.attemptHistory.map(({ outcome }) => outcome),
        ['lost', 'done'],
      );
      assert.deepEqual(job.attemptHistory[0]!.error, {
        message: 'Its worker was lost: its keeper had ended.',
      });
      assert.equal(job.failures, 0);
    }
    const told = notices.filter(({ message }) => message.includes('keeper'));
    assert.deepEqual(
      told.map(({ message }) => message),
      [
        'The keeper process ended and was started again; its 2 workers were ended with it, and 2 jobs went back to the queue.',
      ],
    );
  });
});

/** All that carries the workspace's mark, read without the product's help. */
function processesOf(workspace: string): { pid: number; marker: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
      if (!environment.includes(`NIGHTCREW_WORKSPACE=${workspace}`)) return [];
      const marker = environment.find((entry) => entry.startsWith('NIGHTCREW_LAUNCH_MARKER='));
      return marker === undefined ? [] : [{ pid: Number(name), marker }];
    } catch {
      return []; // Gone, or another user's.
    }
  });
}
