/** Workers that are frozen, given up, and come back; and workers that say more than they were asked. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ControlClient } from '../../src/control/client-contract.ts';
import type { ProcessIdentity } from '../../src/core/worker.ts';
import { identifyProcess, isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { waitFor } from '../wait-for.ts';
import { TemporaryCrew, workerOf } from './temporary-crew.ts';

const crewFile = (grace: string): string => `
pools:
  tag: { command: python3 ledger.py, workers: 2, heartbeat: 500ms, grace: ${grace} }
  liar: { command: python3 liar.py, workers: 2 }
`;

/** Each attempt writes down when it begins and ends, by the boot's clock, with all its processes. */
const ledgerWorker = `
import os, subprocess, time
import nightcrew

def write(*words):
    with open("ledger", "a") as ledger:
        ledger.write(" ".join(map(str, words)) + "\\n")

@nightcrew.task
def hold(job, heeds=True):
    child = subprocess.Popen(["sleep", "3600"], start_new_session=True)
    write("begin", f"{job.id}.{job.attempt}", os.getpid(), child.pid)
    try:
        while not os.path.exists(f"go.{job.attempt}"):
            if heeds:
                job.raise_if_cancelled()
            time.sleep(0.01)
    finally:
        child.kill()
        child.wait()
    write("end", f"{job.id}.{job.attempt}", os.getpid())
    return job.attempt

nightcrew.run()
`;

/** Answers each job as it should, and then says all sorts of things about it and about others. */
const liar = `
import sys
from by_hand import receive, register, send
def about(job, attempt, value):
    send({"method": "$/progress", "params": {"jobId": job, "attempt": attempt, "fraction": 0.5}})
    send({"method": "job/checkpoint", "params": {"jobId": job, "attempt": attempt, "checkpoint": value}})
    send({"id": f"{job}.{attempt}", "result": {"result": value}})
register("hold", prefetch=0)
while True:
    message = receive()
    if message.get("method") == "job/run":
        job, attempt = message["params"]["jobId"], message["params"]["attempt"]
        about(job, attempt + 1, "of an attempt to come")
        send({"id": message["id"], "result": {"result": "right"}})
        about(job, attempt, "said twice")
        about(job + 1, attempt + 1, "of another job")
    elif message.get("method") == "shutdown":
        send({"id": message["id"], "result": None})
    elif message.get("method") == "exit":
        sys.exit(0)
`;

describe('fencing', () => {
  it('a frozen worker is called stalled; its job waits for it, though others are idle', async () => {
    await using crew = makeCrew('30s');
    const { client, worker, tree } = await heldJob(crew);
    await freeze(tree);
    const stalled = await crew.until(
      client,
      'it to be called stalled',
      (state) => workerOf(state, worker).stalled,
    );
    const idle = stalled.workers.find(({ id }) => id !== worker);
    assert.deepEqual([idle?.healthy, idle?.job], [true, undefined]);
    assert.equal(workerOf(stalled, worker).job?.attempt, 1);
    writeFileSync(join(crew.workspace, 'go.1'), '');
    await thaw(tree);
    const state = await crew.until(client, 'the job to be done', ({ pools }) => pools[0]?.counts.done === 1);
    assert.equal(workerOf(state, worker).launch, 1);
    assert.deepEqual(begun(crew), ['1.1']);
    await crew.until(client, 'it to be well again', (now) => workerOf(now, worker).healthy);
  });

  it('one that is frozen and restarted by hand is let go on, and ends by itself long before its grace', async () => {
    await using crew = makeCrew('10min');
    const { client, worker, tree } = await heldJob(crew);
    await freeze(tree);
    await client.request('restart', { select: { workers: [worker] } });
    writeFileSync(join(crew.workspace, 'go.2'), '');
    await crew.until(client, 'the job to be done and the worker to be back', (now) => {
      const { launch, healthy } = workerOf(now, worker);
      return now.pools[0]?.counts.done === 1 && launch === 2 && healthy;
    });
    assert.deepEqual(begun(crew), ['1.1', '1.2']);
    await nothingLeft(tree);
  });

  for (const when of ['before the force', 'never'] as const) {
    it(`one that heeds nothing is forced with its whole tree; it is continued ${when}`, async () => {
      await using crew = makeCrew('1s');
      const { client, worker, tree } = await heldJob(crew, { heeds: false });
      await freeze(tree);
      await client.request('restart', { select: { workers: [worker] } });
      if (when === 'never') {
        // Stopped again and again: the force must find it stopped.
        while ((await Promise.all(tree.map((member) => isAlive(member)))).includes(true)) {
          await freeze(tree);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }
      await waitFor('the next attempt', () => begun(crew).includes('1.2'));
      await nothingLeft(tree);
      writeFileSync(join(crew.workspace, 'go.1'), '');
      writeFileSync(join(crew.workspace, 'go.2'), '');
      await crew.until(client, 'the job to be done', ({ pools }) => pools[0]?.counts.done === 1);
      assert.deepEqual(begun(crew), ['1.1', '1.2']);
      assert.equal((await client.request('job', { job: 1 })).result, 2);
    });
  }

  it('what workers say twice, too late or of others changes nothing, and fills no log', async () => {
    await using crew = makeCrew('30s');
    const client = await crew.connect();
    await client.request('up', { pools: ['liar'] });
    // Each is told of once: with all the jobs given to the first that is there, the other would have nothing to lie about.
    await crew.until(client, 'the workers to be there', ({ workers }) =>
      workers.every(({ healthy }) => healthy),
    );
    await client.request('enqueue', { pool: 'liar', task: 'hold', source: { matrix: { n: '1..200' } } });
    await crew.until(client, 'all jobs to be done', ({ pools }) =>
      pools.some(({ counts }) => counts.done === 200),
    );
    const { jobs } = await client.request('jobs', { limit: 200 });
    assert.equal(jobs.length, 200);
    for (const job of jobs) assert.deepEqual([job.result, job.attempts], ['right', 1]);
    const log = readFileSync(join(crew.workspace, '.nightcrew', 'logs', 'supervisor.log'), 'utf8');
    const refused = log.split('\n').filter((line) => line.includes('refused'));
    assert.ok(refused.length >= 2 && refused.length <= 4, refused.join('\n'));
  });
});

function makeCrew(grace: string): TemporaryCrew {
  const crew = TemporaryCrew.make(crewFile(grace));
  writeFileSync(join(crew.workspace, 'ledger.py'), ledgerWorker);
  writeFileSync(join(crew.workspace, 'liar.py'), liar);
  return crew;
}

/** A job that is being computed by one of two workers. */
async function heldJob(
  crew: TemporaryCrew,
  parameters: object = {},
): Promise<{ client: ControlClient; worker: string; tree: ProcessIdentity[] }> {
  const client = await crew.connect();
  await client.request('up', { pools: ['tag'] });
  await crew.until(client, 'the workers to be there', ({ workers }) =>
    workers.every(({ healthy }) => healthy),
  );
  await client.request('enqueue', { pool: 'tag', task: 'hold', source: { parameters: { ...parameters } } });
  await waitFor('the job to begin', () => begun(crew).length === 1);
  const state = await crew.until(client, 'the job to be shown', ({ workers }) =>
    workers.some(({ job }) => job),
  );
  const worker = state.workers.find(({ job }) => job)!.id;
  const pids = ledger(crew)[0]!.split(' ').slice(2).map(Number);
  const tree = await Promise.all(pids.map((pid) => identifyProcess(pid)));
  return { client, worker, tree: tree.map((member) => member!) };
}

function ledger(crew: TemporaryCrew): string[] {
  const file = join(crew.workspace, 'ledger');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

function begun(crew: TemporaryCrew): string[] {
  return ledger(crew)
    .filter((line) => line.startsWith('begin'))
    .map((line) => line.split(' ')[1]!);
}

async function freeze(tree: readonly ProcessIdentity[]): Promise<void> {
  for (const member of tree) await signalProcess(member, 'SIGSTOP');
}

async function thaw(tree: readonly ProcessIdentity[]): Promise<void> {
  for (const member of tree) await signalProcess(member, 'SIGCONT');
}

async function nothingLeft(tree: readonly ProcessIdentity[]): Promise<void> {
  for (const member of tree) assert.equal(await isAlive(member), false, `process ${member.pid} lives`);
}
