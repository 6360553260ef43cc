/**
 * How long the event loops stand still while a snapshot of 1,000,000 jobs is written under full load.
 *
 * How: a crew of two Python workers runs no-op jobs from a queue of 1,000,000 as fast as it can. After 8 MB of journal the
 * first snapshot begins. A probe in the process under test notes each stop of both loops: that of the supervisor, which
 * schedules, and that of the projection thread, which fills up the lanes and answers questions. The same seconds before the
 * snapshot, and an idle Node process beside it all the time, show what the machine does to everybody.
 * Aim: under 50 ms in the supervisor.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { label, withCrew } from './bench-crew.ts';

const JOBS = 1_000_000;
const POLL_MILLISECONDS = 5;

interface Span {
  from: number;
  to: number;
}

export async function reportSnapshotStop(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'nightcrew-probe-'));
  const probe = join(import.meta.dirname, 'loop-probe.ts');
  const environment = { NIGHTCREW_BENCH_PROBE: folder, NODE_OPTIONS: `--import ${probe}` };
  const idle = spawn(process.execPath, [join(import.meta.dirname, 'idle-process.mjs')], {
    stdio: 'ignore',
    env: { ...process.env, ...environment },
  });
  Object.assign(process.env, environment);
  try {
    const { before, during } = await withCrew(
      'pools: { noop: { command: python3 noop.py, workers: 2 } }',
      async (client, workspace) => {
        await client.request('enqueue', { pool: 'noop', source: { matrix: { n: `1..${JOBS}` } } });
        // The projection has taken the batch in when it can answer about it.
        await client.request('jobs', { limit: 1 });
        await client.request('up', {});
        return awaitSnapshot(join(workspace, '.nightcrew', 'nightcrew.db'));
      },
    );
    const longest = (name: string, span: Span): string => {
      const { stop, cpu } = stopsOf(join(folder, name), span);
      return `${stop.toFixed(0)} ms (of its own work ${cpu.toFixed(0)} ms)`;
    };
    const seconds = ((during.to - during.from) / 1000).toFixed(1);
    console.log(
      `\nLongest stop of an event loop while a snapshot of 1,000,000 jobs is written (${seconds} s) under full load`,
    );
    for (const [what, name, aim] of [
      ['supervisor', 'supervisor.js', ' (aim 50 ms)'],
      ['projection thread', 'projection-thread.js', ''],
      ['idle Node process beside them', 'idle-process.mjs', ''],
    ] as const) {
      console.log(
        `${label(what)}${longest(name, during)}${aim}; before it, without a snapshot, ${longest(name, before)}`,
      );
    }
  } finally {
    for (const name of Object.keys(environment)) delete process.env[name];
    idle.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The time in which the snapshot is written, and as long a time before. */
async function awaitSnapshot(database: string): Promise<{ before: Span; during: Span }> {
  while (!existsSync(`${database}.partial`)) await delay(POLL_MILLISECONDS);
  const from = Date.now() - POLL_MILLISECONDS;
  while (!existsSync(database)) await delay(POLL_MILLISECONDS);
  const to = Date.now();
  // What the loops still have to note.
  await delay(200);
  return { before: { from: from - (to - from), to: from }, during: { from, to: to + POLL_MILLISECONDS } };
}

/** The longest stop, and the most that one had of a processor: the rest of a stop is the machine's. */
function stopsOf(file: string, { from, to }: Span): { stop: number; cpu: number } {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  const stops = lines
    .map((line) => line.split(' ').map(Number) as [number, number, number])
    .filter(([end, stop]) => end > from && end - stop < to);
  return {
    stop: Math.max(0, ...stops.map(([, stop]) => stop)),
    cpu: Math.max(0, ...stops.map(([, , cpu]) => cpu)),
  };
}
