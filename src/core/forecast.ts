/**
 * When a pool's work will have ended, and when it would with more or fewer workers: each waiting job is given to the worker that
 * is free first, and takes as long as jobs like it have taken. Like it are those of the same batch, else of the same task.
 *
 * It says what it rests on, and says that it does not know where it rests on too little. What it leaves out: which workers
 * may take which jobs, failures, and whether more workers make each other slower.
 */
import { quantity } from './quantity.ts';

/** Ended jobs from which a duration is concluded, at least. */
const FEWEST_ENDED = 3;
/** Waiting jobs that are given out one by one; of more, the work is divided evenly. */
const MOST_GIVEN_OUT = 10_000;

export interface ForecastJobs {
  /** Waiting jobs of one kind. */
  waiting: { kind: string; count: number }[];
  /** Seconds that running jobs have been running, and how far they say they are (0 to 1). */
  running: { kind: string; elapsed: number; fraction?: number }[];
  /** Seconds that ended jobs of a kind took. */
  durations: ReadonlyMap<string, readonly number[]>;
}

export interface Forecast {
  workers: number;
  /** Seconds from now; absent when unknown. */
  seconds?: number;
  /** What it rests on, or why it is unknown: `from 212 ended jobs of 4 min on average`. */
  reason: string;
}

export function forecast(jobs: ForecastJobs, workers: number): Forecast {
  const unknown = (reason: string): Forecast => ({ workers, reason });
  const waiting = jobs.waiting.filter(({ count }) => count > 0);
  if (waiting.length === 0 && jobs.running.length === 0)
    return { workers, seconds: 0, reason: 'nothing is left to do' };
  if (workers <= 0) return unknown('without a worker the work never ends');
  const kinds = new Set([...waiting, ...jobs.running].map(({ kind }) => kind));
  for (const kind of kinds) {
    const known = jobs.durations.get(kind)?.length ?? 0;
    const needed = waiting.some((group) => group.kind === kind) || unfinishedWithoutProgress(jobs, kind);
    if (needed && known < FEWEST_ENDED)
      return unknown(
        known === 0
          ? `no job of ${kind} has ended yet`
          : `only ${quantity(known, 'job')} of ${kind} ended yet`,
      );
  }
  const rests = jobs.running.map((job) => restOf(job, jobs.durations.get(job.kind) ?? []));
  const seconds = lastEnd(
    rests.map(({ seconds: rest }) => rest),
    waiting.map(({ kind, count }) => ({ count, each: mean(jobs.durations.get(kind)!) })),
    workers,
  );
  return { workers, seconds, reason: reasonOf(jobs, kinds, rests.filter(({ overdue }) => overdue).length) };
}

function unfinishedWithoutProgress({ running }: ForecastJobs, kind: string): boolean {
  return running.some((job) => job.kind === kind && !job.fraction);
}

/** What is left of a running job: by its own word, or as long as those took on that had come so far. */
function restOf(
  { elapsed, fraction }: ForecastJobs['running'][number],
  durations: readonly number[],
): { seconds: number; overdue: boolean } {
  if (fraction) return { seconds: (elapsed * (1 - fraction)) / fraction, overdue: false };
  const longer = durations.filter((duration) => duration > elapsed);
  if (longer.length === 0) return { seconds: 0, overdue: true };
  return { seconds: mean(longer) - elapsed, overdue: false };
}

/** When the last worker is done, if each takes the next job as soon as it is free. */
function lastEnd(
  rests: readonly number[],
  waiting: readonly { count: number; each: number }[],
  workers: number,
): number {
  const free = freeTimes(rests, workers);
  const count = waiting.reduce((sum, group) => sum + group.count, 0);
  if (count > MOST_GIVEN_OUT) {
    const work = waiting.reduce((sum, group) => sum + group.count * group.each, 0);
    const evenly = (free.reduce((sum, time) => sum + time, 0) + work) / workers;
    return Math.max(evenly, ...rests);
  }
  let last = Math.max(0, ...rests);
  for (const { count: left, each } of waiting) {
    for (let job = 0; job < left; job++) {
      const end = free[0]! + each;
      last = Math.max(last, end);
      free[0] = end;
      sinkFirst(free);
    }
  }
  return last;
}

/** When each worker is free, as a heap with the soonest first. With fewer workers than running jobs, those that are free first leave. */
function freeTimes(rests: readonly number[], workers: number): number[] {
  const sorted = [...rests].sort((one, other) => one - other);
  const leaving = Math.max(0, sorted.length - workers);
  const staying = sorted.slice(leaving);
  return [...Array<number>(workers - staying.length).fill(0), ...staying];
}

function sinkFirst(heap: number[]): void {
  const value = heap[0]!;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
    if (value <= heap[child]!) break;
    heap[index] = heap[child]!;
    index = child;
  }
  heap[index] = value;
}

function reasonOf({ durations }: ForecastJobs, kinds: ReadonlySet<string>, overdue: number): string {
  const known = [...kinds].flatMap((kind) => durations.get(kind) ?? []);
  const parts: string[] = [];
  if (known.length === 0) parts.push('from the progress that the running jobs tell');
  else parts.push(`from ${quantity(known.length, 'ended job')}`);
  if (overdue > 0) {
    parts.push(
      `${quantity(overdue, 'job runs', 'jobs run')} longer than any that has ended, and counts as about to end`,
    );
  }
  return parts.join('; ');
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
