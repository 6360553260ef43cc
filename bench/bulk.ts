/**
 * Bulk commands over 30 workers: drain, pause and restart, each from the request to its effect on all of them. Aim:
 * 0.1 s for each worker, 5 s for each restart. Floors in the same run: the answer to a request that changes nothing (for pause),
 * thirty bare Python processes asked to end at once by a closed stdin (for drain), and those ended and started anew (for restart).
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { ControlClient } from '../src/control/client-contract.ts';
import type { WorkerOutcome } from '../src/control/selection.ts';
import { follow, label, median, spread, withCrew } from './bench-crew.ts';

const WORKERS = 30;
const ROUNDS = 5;
/** Milliseconds for all of them. */
const AIM = WORKERS * 100;
const RESTART_AIM = WORKERS * 5_000;

type Figures = Record<'pause' | 'resume' | 'freeze' | 'continue' | 'drain' | 'restart', number[]>;
type Floors = Record<'question' | 'end' | 'replace', number[]>;

export async function reportBulk(): Promise<void> {
  const figures: Figures = { pause: [], resume: [], freeze: [], continue: [], drain: [], restart: [] };
  const floors: Floors = { question: [], end: [], replace: [] };
  await withCrew(`pools: { noop: { command: python3 noop.py, workers: ${WORKERS} } }`, async (client) => {
    for (let round = 0; round < ROUNDS; round++) {
      await measureFloors(client, floors);
      await measureCommands(client, figures);
    }
  });
  const line = (name: keyof Figures, floor: number[], aim: number): void =>
    console.log(
      `${label(name)}${spread(figures[name], 'ms')}, ${(median(figures[name]) / median(floor)).toFixed(1)}x of the floor, ${spread(floor, 'ms')} (aim ${aim.toLocaleString('en')} ms)`,
    );
  console.log(`\nOne command to ${WORKERS} workers, until all have done it`);
  line('pause', floors.question, AIM);
  line('resume', floors.question, AIM);
  line('freeze', floors.question, AIM);
  line('continue', floors.question, AIM);
  line('drain', floors.end, AIM);
  line('restart', floors.replace, RESTART_AIM);
}

async function measureCommands(client: ControlClient, figures: Figures): Promise<void> {
  const select = { all: true } as const;
  await client.request('up', {});
  await follow(
    client,
    ({ workers }) => workers.filter(({ state }) => state === 'RUNNING').length === WORKERS,
  );
  const timed = async (
    name: keyof Figures,
    request: () => Promise<{ outcomes: WorkerOutcome[] }>,
  ): Promise<void> => {
    figures[name].push(await time(async () => requireAll((await request()).outcomes)));
  };
  await timed('pause', () => client.request('pause', { select, paused: true, wait: true }));
  await timed('resume', () => client.request('pause', { select, paused: false }));
  await timed('freeze', () => client.request('freeze', { select, frozen: true }));
  await timed('continue', () => client.request('freeze', { select, frozen: false }));
  await timed('restart', () => client.request('restart', { select, wait: true }));
  await timed('drain', () => client.request('drain', { select, wait: true }));
}

async function measureFloors(client: ControlClient, floors: Floors): Promise<void> {
  floors.question.push(await time(() => client.request('status', {})));
  let processes = await bareProcesses();
  floors.replace.push(
    await time(async () => {
      await endAll(processes);
      processes = await bareProcesses();
    }),
  );
  floors.end.push(await time(() => endAll(processes)));
}

/** Python processes that wait for the end of their stdin, once each of them does. */
async function bareProcesses(): Promise<ChildProcess[]> {
  const script = 'import sys; print(flush=True); sys.stdin.read()';
  const processes = Array.from({ length: WORKERS }, () => spawn('python3', ['-c', script]));
  await Promise.all(processes.map(({ stdout }) => once(stdout, 'data')));
  return processes;
}

async function endAll(processes: readonly ChildProcess[]): Promise<void> {
  await Promise.all(
    processes.map((process) => {
      process.stdin!.end();
      return once(process, 'exit');
    }),
  );
}

function requireAll(outcomes: readonly WorkerOutcome[]): void {
  const failed = outcomes.find(({ ok }) => !ok);
  if (failed || outcomes.length !== WORKERS) {
    throw new Error(`${outcomes.length} workers answered; ${failed?.worker}: ${failed?.message}`);
  }
}

async function time(action: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await action();
  return performance.now() - began;
}
