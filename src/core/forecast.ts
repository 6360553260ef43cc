/**
 * When a pool's work will have ended, and when it would with more or fewer workers: each waiting job is given to the worker that
 * is free first, and takes as long as jobs like it have taken. Like it are those of the same batch, else of the same task.
 *
 * It says what it rests on, and says that it does not know where it rests on too little. What it leaves out: which workers
 * may take which jobs, failures, and whether more workers make each other slower.
 */
import { formatDuration } from './duration.ts';
import { quantity } from './quantity.ts';

/** Ended jobs from which a duration is concluded, at least. */
const FEWEST_ENDED = 3;
/** Waiting jobs that are given out one by one; of more, the work is divided evenly. */
const MOST_GIVEN_OUT = 10_000;

export interface ForecastJobs {
  /** Waiting jobs of one kind. */
  waiting: { kind: string; count: number }[];
  /** Jobs that wait for another try, which comes in so many seconds. */
  delayed: { kind: string; seconds: number }[];
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
  const { delayed, running } = jobs;
  if (waiting.length === 0 && delayed.length === 0 && running.length === 0)
    return { workers, seconds: 0, reason: 'nothing is left to do' };
  if (workers <= 0) return unknown('without a worker the work never ends');
  const kinds = new Set([...waiting, ...delayed, ...running].map(({ kind }) => kind));
  for (const kind of kinds) {
    const known = jobs.durations.get(kind)?.length ?? 0;
    const isOfKind = (group: { kind: string }): boolean => group.kind === kind;
    const needed = waiting.some(isOfKind) || delayed.some(isOfKind) || unfinishedWithoutProgress(jobs, kind);
    if (needed && known < FEWEST_ENDED)
      return unknown(
        known === 0
          ? `no job of ${kind} has ended yet`
          : `only ${quantity(known, 'job')} of ${kind} ended yet`,
      );
  }
  const rests = running.map((job) => restOf(job, jobs.durations.get(job.kind) ?? []));
  const each = new Map([...kinds].map((kind) => [kind, mean(jobs.durations.get(kind) ?? [])]));
  const seconds = lastEnd(
    rests.map(({ seconds: rest }) => rest),
    waiting.map(({ kind, count }) => ({ count, each: each.get(kind)! })),
    delayed
      .map((job) => ({ due: job.seconds, each: each.get(job.kind)! }))
      .sort((one, other) => one.due - other.due),
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

interface WaitingGroup {
  count: number;
  each: number;
}
/** `due`: seconds until it may be taken. */
interface DelayedJob {
  due: number;
  each: number;
}

/** When the last worker is done, if each takes the next job as soon as it is free. `delayed`: soonest first. */
function lastEnd(
  rests: readonly number[],
  waiting: readonly WaitingGroup[],
  delayed: readonly DelayedJob[],
  workers: number,
): number {
  const free = freeTimes(rests, workers);
  const count = delayed.length + waiting.reduce((sum, group) => sum + group.count, 0);
  if (count > MOST_GIVEN_OUT) {
    const work = [...waiting, ...delayed.map(({ each }) => ({ count: 1, each }))].reduce(
      (sum, group) => sum + group.count * group.each,
      0,
    );
    const evenly = (free.reduce((sum, time) => sum + time, 0) + work) / workers;
    const lastDue = delayed.at(-1);
    return Math.max(evenly, ...rests, lastDue ? lastDue.due + lastDue.each : 0);
  }
  let last = Math.max(0, ...rests);
  const give = (each: number, from = 0): void => {
    const end = Math.max(free[0]!, from) + each;
    last = Math.max(last, end);
    free[0] = end;
    sinkFirst(free);
  };
  const due = [...delayed];
  const giveDue = (until: number): void => {
    while (due.length > 0 && due[0]!.due <= until) {
      const job = due.shift()!;
      give(job.each, job.due);
    }
  };
  for (const { count: left, each } of waiting) {
    for (let job = 0; job < left; job++) {
      giveDue(free[0]!);
      give(each);
    }
  }
  giveDue(Infinity);
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

function reasonOf({ durations, delayed }: ForecastJobs, kinds: ReadonlySet<string>, overdue: number): string {
  const known = [...kinds].flatMap((kind) => durations.get(kind) ?? []);
  const parts: string[] = [];
  if (known.length === 0) parts.push('from the progress that the running jobs tell');
  else parts.push(`from ${quantity(known.length, 'ended job')}`);
  if (delayed.length > 0) {
    const longest = Math.max(...delayed.map(({ seconds }) => seconds));
    parts.push(
      `${quantity(delayed.length, 'job waits', 'jobs wait')} for another try, for ${formatDuration(longest)} at most`,
    );
  }
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
