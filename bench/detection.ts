/**
 * How soon it is known that one of 30 workers is not well: its process ended (aim: 100 ms), or it is frozen (aim: two heartbeats, of
 * 1 s here); and what a health check of all costs (peer: 0.05 s for each worker).
 */
import { follow, label, median, withCrew } from './bench-crew.ts';

const WORKERS = 30;
const ROUNDS = 5;

export async function reportDetection(): Promise<void> {
  const pool = `{ command: python3 noop.py, workers: ${WORKERS}, heartbeat: 1s, autoRestart: false }`;
  await withCrew(`pools: { noop: ${pool} }`, async (client) => {
    await client.request('up', {});
    let state = await follow(
      client,
      ({ workers }) => workers.filter(({ healthy }) => healthy).length === WORKERS,
    );
    const checks: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const began = performance.now();
      await client.request('health', { select: { all: true } });
      checks.push(performance.now() - began);
    }
    const victims = state.workers.map(({ id, pid }) => ({ id, pid: pid! }));
    const measure = async (signal: 'SIGKILL' | 'SIGSTOP'): Promise<number[]> => {
      const times: number[] = [];
      for (const { id, pid } of victims.splice(0, ROUNDS)) {
        const began = performance.now();
        process.kill(pid, signal);
        state = await follow(
          client,
          ({ workers }) => workers.find((worker) => worker.id === id)?.healthy === false,
        );
        times.push(performance.now() - began);
      }
      return times;
    };
    const exits = await measure('SIGKILL');
    const freezes = await measure('SIGSTOP');
    console.log(`\nDetection with ${WORKERS} workers, as a face sees it`);
    console.log(
      `${label('exit (aim: 100 ms)')}${median(exits).toFixed(0)} ms, at most ${Math.max(...exits).toFixed(0)} ms`,
    );
    console.log(
      `${label('freeze (aim: 2 intervals of 1 s)')}${median(freezes).toFixed(0)} ms, at most ${Math.max(...freezes).toFixed(0)} ms`,
    );
    console.log(`${label('health check of all (peer: 1500 ms)')}${median(checks).toFixed(0)} ms`);
  });
}
