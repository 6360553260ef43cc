/**
 * How long workers have no supervisor after a SIGKILL: until another one answers and has all 30 back, with the jobs they run and
 * 100,000 more in the queue. Nobody is there to help: the keeper brings it up, after a pause of 100 ms.
 * Aim: under 1 s. Floor in the same run: that pause and the start of a Node process that does nothing.
 */
import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '../src/control/connect.ts';
import { FIRST_DELAY_MILLISECONDS } from '../src/keeper/supervisor-restart.ts';
import { cpuSeconds, distribution, follow, label, median, spread, withCrew } from './bench-crew.ts';

const WORKERS = 30;
const QUEUED = 100_000;
const ROUNDS = 5;
const POLL_MILLISECONDS = 5;

export async function reportReadopt(): Promise<void> {
  const floors: number[] = [];
  const rounds: { time: number; cpu: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    floors.push(FIRST_DELAY_MILLISECONDS + bareStart());
    rounds.push(await measureReadopt());
  }
  const times = rounds.map(({ time }) => time);
  const cpu = rounds.map((round) => round.cpu * 1000);
  console.log(
    `\nSIGKILL of the supervisor to all ${WORKERS} workers taken back, ${QUEUED.toLocaleString('en')} jobs queued`,
  );
  console.log(
    `${label('until the new one answers')}${spread(times, 'ms')}, ${(median(times) / median(floors)).toFixed(1)}x of the floor, ${spread(floors, 'ms')} (aim 1,000 ms)`,
  );
  console.log(`${label('CPU of the new one by then')}${spread(cpu, 'ms')}`);
}

/** A crew of its own each time: the keeper waits longer for a supervisor that ends soon after its start. */
function measureReadopt(): Promise<{ time: number; cpu: number }> {
  const crewFile = `pools: { hold: { command: python3 hold.py, workers: ${WORKERS} } }`;
  return withCrew(crewFile, async (client, workspace) => {
    await client.request('enqueue', { pool: 'hold', source: { matrix: { n: `1..${QUEUED}` } } });
    await client.request('up', {});
    await follow(client, ({ workers }) => workers.filter(({ job }) => job).length === WORKERS);
    const { workers } = await client.request('status', {});
    const pids = new Map(workers.map(({ id, pid }) => [id, pid]));
    const killed = performance.now();
    process.kill(client.server.pid, 'SIGKILL');
    for (;;) {
      // A connection to the one that was just killed may end in its middle.
      const successor = await connect({ workspace, client: 'bench', distribution }).catch(() => undefined);
      if (successor && successor.server.serverId !== client.server.serverId) {
        const state = await successor.request('status', {});
        const back = state.workers.filter(
          ({ id, pid, state: is, job }) => is === 'RUNNING' && job && pid === pids.get(id),
        );
        const time = performance.now() - killed;
        const cpu = cpuSeconds(successor.server.pid);
        successor.close();
        if (back.length === WORKERS) return { time, cpu };
      }
      await delay(POLL_MILLISECONDS);
    }
  });
}

function bareStart(): number {
  const began = performance.now();
  execFileSync(process.execPath, ['-e', '0']);
  return performance.now() - began;
}
