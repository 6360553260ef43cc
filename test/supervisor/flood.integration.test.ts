/** A worker that says more than anybody can hear costs only itself: not memory, not the disk, not the others, not a result. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ControlClient } from '../../src/control/client-contract.ts';
import { isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { waitFor } from '../wait-for.ts';
import { TemporaryCrew } from './temporary-crew.ts';

/** Seconds of flood; by hand more of it: `NIGHTCREW_FLOOD_SECONDS=60`. */
const SECONDS = Number(process.env['NIGHTCREW_FLOOD_SECONDS'] ?? 6);
/** Megabytes that a supervisor and a keeper may ever have: what they are born with, and bounded buffers. */
const MOST_MEMORY = 400;

const crewFile = `
pools:
  flood: { command: python3 flood.py, workers: 1, heartbeat: 1s }
  calm: { command: python3 tasks.py, workers: 2 }
`;

/** Progress, checkpoints and prints from three threads at full speed; then a result that must not be lost. */
const flood = `
import sys, threading, time
import nightcrew

@nightcrew.task
def flood(job, seconds):
    end = time.monotonic() + seconds
    said = [0, 0, 0]
    def progress():
        while time.monotonic() < end:
            said[0] += 1
            job.progress(0.5, f"step {said[0]} " + "x" * 100)
    def checkpoint():
        while time.monotonic() < end:
            said[1] += 1
            job.save_checkpoint({"step": said[1], "state": "x" * 1000})
    def prints():
        while time.monotonic() < end:
            said[2] += 1
            sys.stderr.write("line %d %s\\n" % (said[2], "x" * 200))
    threads = [threading.Thread(target=what) for what in (progress, checkpoint, prints)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return said

nightcrew.run()
`;

describe('a worker that floods', () => {
  it('slows itself only, over the death of the supervisor, within bounded memory and journal', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    writeFileSync(join(crew.workspace, 'flood.py'), flood);
    const first = await crew.connect();
    await first.request('up', {});
    await crew.until(first, 'the workers to be there', ({ workers }) =>
      workers.every(({ healthy }) => healthy),
    );
    const alone = await timeOfJobs(crew, first, 400);
    await first.request('enqueue', {
      pool: 'flood',
      task: 'flood',
      source: { parameters: { seconds: SECONDS } },
    });
    await crew.until(first, 'the flood', ({ workers }) => workers.some(({ job }) => job?.progress));
    const beside = [await timeOfJobs(crew, first, 400)];
    const before = await memory(crew);

    const supervisor = await crew.supervisor();
    assert.ok(supervisor);
    await signalProcess(supervisor, 'SIGKILL');
    await waitFor('another supervisor', async () => {
      const now = await crew.supervisor();
      return now !== undefined && now.pid !== supervisor.pid && (await isAlive(now));
    });
    const second = await crew.connect();
    beside.push(await timeOfJobs(crew, second, 400));
    const state = await crew.until(
      second,
      'the end of the flood',
      ({ pools }) => pools.find(({ name }) => name === 'flood')?.counts.done === 1,
      SECONDS + 60,
    );
    const after = await memory(crew);
    const { jobs } = await second.request('jobs', { pool: 'flood' });
    const said = jobs[0]?.result as number[];
    const recorded = checkpointsRecorded(crew);
    console.log(
      `400 jobs: alone ${alone} ms, beside ${beside.join(' and ')} ms; said ${said.join(', ')}; ` +
        `${recorded} checkpoints recorded; peaks (MB) before ${before.join(', ')}, after ${after.join(', ')}`,
    );
    assert.equal(jobs[0]?.attempts, 1);
    assert.ok(said.every((count) => count > 100));
    assert.ok(state.workers.every(({ launch }) => launch === 1));
    assert.ok(recorded >= 1 && recorded <= 2 * SECONDS + 30, `${recorded} checkpoints recorded`);
    for (const peak of [...before, ...after]) assert.ok(peak < MOST_MEMORY, `${peak} MB`);
    // Starved, they would wait for the end of the flood; what a busy machine costs them is not the point.
    for (const time of beside) assert.ok(time < 20 * alone + 5000, `${time} ms beside, ${alone} ms alone`);
  });
});

/** Milliseconds that jobs of the calm workers take. */
async function timeOfJobs(crew: TemporaryCrew, client: ControlClient, count: number): Promise<number> {
  const begin = performance.now();
  const { batch } = await client.request('enqueue', {
    pool: 'calm',
    source: { matrix: { n: `1..${count}` } },
  });
  await crew.until(client, 'the calm jobs', ({ batches }) =>
    batches.some(({ id, counts }) => id === batch && counts.done === count),
  );
  return Math.round(performance.now() - begin);
}

/** The most memory that supervisor and keeper have ever had, in megabytes. */
async function memory(crew: TemporaryCrew): Promise<number[]> {
  const identities = [await crew.supervisor(), await crew.keeper()];
  return identities.map((identity) => {
    const status = readFileSync(`/proc/${identity!.pid}/status`, 'utf8');
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)![1]) / 1000);
  });
}

/** How many the journal holds; a snapshot in between may have taken some. */
function checkpointsRecorded(crew: TemporaryCrew): number {
  const folder = join(crew.workspace, '.nightcrew', 'journal');
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1').split('"job.checkpointed"').length - 1)
    .reduce((sum, count) => sum + count, 0);
}
