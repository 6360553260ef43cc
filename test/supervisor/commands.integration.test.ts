/** Commands on real workers: what each does over the death of a supervisor, and when two faces give them at once. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ControlClient } from '../../src/control/client-contract.ts';
import { WORKER_COMMANDS, type WorkerCommand } from '../../src/core/worker-commands.ts';
import { launchMarker } from '../../src/keeper/launch-marker.ts';
import { markedProcesses } from '../../src/keeper/process-tree.ts';
import { waitFor } from '../wait-for.ts';
import { attemptsOf, kill, makeLedgerCrew } from './ledger-crew.ts';
import { TemporaryCrew, workerOf } from './temporary-crew.ts';

describe('commands', () => {
  it('a frozen worker is known to be by the next supervisor, and goes on with its job and its time', async () => {
    await using crew = makeLedgerCrew(
      'pools: { tag: { command: python3 ledger.py, workers: 1, heartbeat: 0.1s, grace: 5s } }',
    );
    const first = await crew.connect();
    await first.request('up', {});
    const hold = join(crew.workspace, 'go');
    await first.request('enqueue', { pool: 'tag', timeout: 3, source: { parameters: { n: 1, hold } } });
    await waitFor('the job to begin', () => attemptsOf(crew, 'begin').length === 1);
    const select = { workers: ['tag-1', 'tag-9'] };
    const { outcomes } = await first.request('freeze', { select, frozen: true });
    const frozenAt = performance.now();
    assert.deepEqual(outcomes, [
      { worker: 'tag-1', ok: true, message: 'frozen; job 1 stands still' },
      { worker: 'tag-9', ok: false, message: 'does not exist; workers: tag-1' },
    ]);
    await kill(await crew.supervisor());
    const second = await crew.connect();
    const state = await crew.until(
      second,
      'longer to pass than the job may take',
      () => performance.now() - frozenAt > 3_500,
    );
    const { frozen, stalled, pid, job, launch } = workerOf(state, 'tag-1');
    assert.deepEqual([frozen, stalled, job?.attempt, launch], [true, false, 1, 1]);
    if (process.platform === 'linux') {
      assert.match(readFileSync(`/proc/${pid}/stat`, 'utf8'), /\) T /);
    }
    await second.request('freeze', { select: { all: true }, frozen: false });
    writeFileSync(hold, '');
    await crew.until(second, 'the job to be done', ({ pools }) => pools[0]?.counts.done === 1);
    assert.deepEqual(attemptsOf(crew, 'begin'), ['1.1']);
  });

  it('waits for what was asked: a restart, a stop, and a drain of one that is frozen', async () => {
    await using crew = makeLedgerCrew(
      'pools: { tag: { command: python3 ledger.py, workers: { domain: [law, art], tier: [gpu] }, grace: 5s } }',
    );
    const client = await crew.connect();
    await client.request('up', {});
    const running = await crew.until(client, 'all to run', ({ workers }) =>
      workers.every((worker) => worker.state === 'RUNNING'),
    );
    const art = running.workers.find(({ labels }) => labels['domain'] === 'art')!.id;
    const all = { all: true } as const;
    const restarted = await client.request('restart', {
      select: { labels: { domain: 'art', tier: 'gpu' } },
      wait: true,
    });
    assert.deepEqual(
      restarted.outcomes.map(({ worker, ok }) => [worker, ok]),
      [[art, true]],
    );
    assert.match(restarted.outcomes[0]!.message, /^runs again as process \d+$/);
    assert.equal(workerOf(await client.request('status', {}), art).launch, 2);
    await client.request('freeze', { select: { workers: [art] }, frozen: true });
    assert.deepEqual((await client.request('pause', { select: all, paused: true, wait: true })).outcomes, [
      { worker: 'tag-1', ok: true, message: 'is paused and has no job' },
      { worker: 'tag-2', ok: true, message: 'is paused and has no job' },
    ]);
    assert.deepEqual((await client.request('drain', { select: { workers: [art] }, wait: true })).outcomes, [
      { worker: art, ok: true, message: 'has ended (drained)' },
    ]);
    const stopped = await client.request('stop', { select: { workers: ['tag-1', 'tag-2'] }, wait: true });
    assert.deepEqual(
      stopped.outcomes.map(({ worker, ok, message }) => [ok, message, worker === art]),
      ['tag-1', 'tag-2'].map((worker) =>
        worker === art
          ? [false, 'is DEAD already (drained)', true]
          : [true, 'has ended (stopped by hand)', false],
      ),
    );
  });

  it('of two faces at once leave one process for each worker, and run no job twice at once', async () => {
    await using crew = TemporaryCrew.make(
      'pools: { tag: { command: python3 locking.py, workers: 3, grace: 1s, heartbeat: 1s } }',
    );
    writeFileSync(join(crew.workspace, 'locking.py'), lockingWorker);
    const JOBS = 40;
    const faces = [await crew.connect(), await crew.connect()];
    await faces[0]!.request('up', {});
    await faces[0]!.request('enqueue', { pool: 'tag', source: { matrix: { n: `1..${JOBS}` } } });
    const watch = watchLaunches(crew);
    const seed = Math.floor(Math.random() * 2 ** 31);
    const told = (await Promise.all(faces.map((client, face) => hammer(client, seed + face)))).flat();
    const client = faces[0]!;
    await waitFor(
      'the jobs to be done',
      async () => {
        const { pools } = await client.request('status', {});
        if (pools[0]!.counts.done === JOBS) return true;
        // Answered before it is looked again: an `up` on its way would keep the crew from being ended.
        await bringBack(client);
        return false;
      },
      { seconds: 60 },
    );
    const state = await client.request('status', {});
    const about = `seed ${seed}`;
    assert.deepEqual(await watch.stop(), [], about);
    const { counts } = state.pools[0]!;
    assert.deepEqual([counts.done, counts.failed, counts.running], [JOBS, 0, 0], about);
    assert.equal(readFileSync(join(crew.workspace, 'overlaps'), { encoding: 'utf8', flag: 'a+' }), '', about);
    for (const message of told) assert.doesNotMatch(message, /cannot go from|does not fit|undefined/, about);
    const log = readFileSync(join(crew.workspace, '.nightcrew', 'logs', 'supervisor.log'), 'utf8');
    assert.doesNotMatch(log, /cannot go from|does not fit|could not be dealt with/, about);
  });
});

/** Writes it down when it is given a job that another process works on which lives, stopped or not. */
const lockingWorker = `
import os, time
import nightcrew

def lives(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(") ", 1)[1][0] not in "ZX"
    except OSError:
        return False

@nightcrew.task
def run(job, n):
    lock = f"lock-{job.id}"
    try:
        other = int(open(lock).read() or 0)
        if other != os.getpid() and lives(other):
            with open("overlaps", "a") as overlaps:
                overlaps.write(f"job {job.id}: {other} and {os.getpid()}\\n")
    except (OSError, ValueError):
        pass
    with open(lock, "w") as file:
        file.write(str(os.getpid()))
    try:
        for _ in range(5):
            time.sleep(0.01)
            job.raise_if_cancelled()
    finally:
        os.remove(lock)

nightcrew.run()
`;

/** Gives one command after the other to random workers; resolves with all it was told. */
async function hammer(client: ControlClient, seed: number): Promise<string[]> {
  const random = generator(seed);
  const choose = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const told: string[] = [];
  for (let count = 0; count < 40; count++) {
    const select = choose([{ workers: [choose(['tag-1', 'tag-2', 'tag-3'])] }, { pool: 'tag' }]);
    const outcomes = await give(client, choose([...WORKER_COMMANDS, 'up']), select);
    told.push(...outcomes.map(({ message }) => message));
  }
  return told;
}

async function give(
  client: ControlClient,
  command: WorkerCommand | 'up',
  select: { workers: string[] } | { pool: string },
): Promise<{ message: string }[]> {
  switch (command) {
    case 'up':
      return (await client.request('up', {})).started;
    case 'pause':
    case 'resume':
      return (await client.request('pause', { select, paused: command === 'pause' })).outcomes;
    case 'freeze':
    case 'continue':
      return (await client.request('freeze', { select, frozen: command === 'freeze' })).outcomes;
    default:
      return (await client.request(command, { select })).outcomes;
  }
}

async function bringBack(client: ControlClient): Promise<void> {
  await client.request('freeze', { select: { all: true }, frozen: false });
  await client.request('pause', { select: { all: true }, paused: false });
  await client.request('up', {});
}

/** Looks again and again whether a worker has processes of two launches; `stop` tells which had. */
function watchLaunches(crew: TemporaryCrew): { stop: () => Promise<string[]> } {
  const launchOf = new Map<string, string>();
  for (const worker of ['tag-1', 'tag-2', 'tag-3']) {
    for (let launch = 1; launch < 200; launch++) {
      launchOf.set(launchMarker(crew.workspace, worker, launch), `${worker} in launch ${launch}`);
    }
  }
  const doubled = new Set<string>();
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      const launches = new Set((await markedProcesses()).flatMap(({ marker }) => launchOf.get(marker) ?? []));
      const workers = [...launches].map((text) => text.split(' ')[0]!);
      if (new Set(workers).size < workers.length) doubled.add([...launches].sort().join(', '));
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  return {
    stop: async () => {
      isOver = true;
      await looking;
      return [...doubled];
    },
  };
}

/** Numbers from 0 to 1 that a seed brings again (mulberry32). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
