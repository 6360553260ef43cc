/** Thirty Python workers from the request to RUNNING, against thirty bare interpreters started at once. */
import { spawn } from 'node:child_process';
import { follow, label, median, withCrew } from './bench-crew.ts';

const WORKERS = 30;
const ROUNDS = 5;

async function bare(): Promise<number> {
  const started = performance.now();
  await Promise.all(
    Array.from(
      { length: WORKERS },
      () =>
        new Promise((resolve) => spawn('python3', ['-c', 'pass'], { stdio: 'ignore' }).once('exit', resolve)),
    ),
  );
  return performance.now() - started;
}

/** Medians, milliseconds, rounds in turns. */
async function measureStart(): Promise<{ bare: number; workers: number }> {
  const [bareTimes, workerTimes]: [number[], number[]] = [[], []];
  await withCrew('pools: { noop: { command: python3 noop.py } }', async (client) => {
    await bare();
    for (let round = 0; round < ROUNDS; round++) {
      bareTimes.push(await bare());
      const started = performance.now();
      await client.request('add', { pool: 'noop', count: WORKERS });
      await follow(
        client,
        ({ workers }) => workers.filter(({ state }) => state === 'RUNNING').length === WORKERS,
      );
      workerTimes.push(performance.now() - started);
      await client.request('abort', { select: { all: true } });
      await client.request('remove', { select: { all: true } });
    }
  });
  return { bare: median(bareTimes), workers: median(workerTimes) };
}

export async function reportStart(): Promise<void> {
  const { bare, workers } = await measureStart();
  console.log('\nThirty Python workers to RUNNING; peer: thirty times `python3 -c pass` at once');
  console.log(
    `${label('median')}${Math.round(workers)} ms against ${Math.round(bare)} ms = ${(workers / bare).toFixed(2)}x (aim 1.3x)`,
  );
}
