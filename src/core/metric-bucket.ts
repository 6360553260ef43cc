/**
 * What was seen of a worker, or of a pool's workers together, in one stretch of time: sums and maxima, so that several stretches
 * make up a longer one without anything being lost.
 */

/** Seconds and what was summed over them; `at` is the beginning, seconds since 1970. */
export interface MetricBucket {
  at: number;
  /** Seconds that were looked at; less than the stretch has when nobody lived, or the machine slept. */
  observed: number;
  /** Seconds that workers lived, and had a job: of two workers, two in each second. */
  lived: number;
  busy: number;
  /** Seconds in which the memory was known, bytes times those seconds, and the most bytes. */
  memoryKnown: number;
  memory: number;
  memoryMax: number;
  /** Percent of one core. */
  cpuKnown: number;
  cpu: number;
  cpuMax: number;
  /** Attempts that ended. */
  done: number;
  failed: number;
}

/** A look at how it is now, that stands for the `seconds` since the one before. */
export interface MetricLook {
  seconds: number;
  lived: number;
  busy: number;
  /** Bytes and percent of one core now, where they are known. */
  memory: number | undefined;
  cpu: number | undefined;
  /** Ended since the look before. */
  done: number;
  failed: number;
}

/** The figures of a bucket in the order in which they are kept. */
export const FIGURES = [
  'observed',
  'lived',
  'busy',
  'memoryKnown',
  'memory',
  'memoryMax',
  'cpuKnown',
  'cpu',
  'cpuMax',
  'done',
  'failed',
] as const satisfies readonly (keyof MetricBucket)[];

/** Four bytes for each figure and for the time. Counts are exact up to 16 million in a bucket. */
export const BUCKET_BYTES: number = 4 * (FIGURES.length + 1);

export function isMaximum(figure: (typeof FIGURES)[number]): boolean {
  return figure === 'memoryMax' || figure === 'cpuMax';
}

export function emptyBucket(at: number): MetricBucket {
  const none = Object.fromEntries(FIGURES.map((figure) => [figure, 0])) as Omit<MetricBucket, 'at'>;
  return { at, ...none };
}

export function bucketOf(look: MetricLook, at: number): MetricBucket {
  const { seconds, lived, busy, memory, cpu, done, failed } = look;
  return {
    at,
    observed: seconds,
    lived: lived * seconds,
    busy: busy * seconds,
    memoryKnown: memory === undefined ? 0 : seconds,
    memory: (memory ?? 0) * seconds,
    memoryMax: memory ?? 0,
    cpuKnown: cpu === undefined ? 0 : seconds,
    cpu: (cpu ?? 0) * seconds,
    cpuMax: cpu ?? 0,
    done,
    failed,
  };
}

/** Adds `other` to `bucket`, whose time it keeps. */
export function mergeBucket(bucket: MetricBucket, other: MetricBucket): void {
  for (const figure of FIGURES) {
    if (isMaximum(figure)) bucket[figure] = Math.max(bucket[figure], other[figure]);
    else bucket[figure] += other[figure];
  }
}

/** What a bucket says, in figures that a person reads. */
export interface MetricPoint {
  /** Its beginning, milliseconds since 1970. */
  at: number;
  /** Seconds of it that were looked at. */
  observed: number;
  /** How many workers lived and how many of them had a job, on average over these seconds; and the share of the second in the first. */
  workers: number;
  load: number;
  busy: number;
  /** Bytes of the whole process trees, on average and at most. Missing when they were not known. */
  memory?: number;
  memoryMax?: number;
  /** Percent of one core. */
  cpu?: number;
  cpuMax?: number;
  /** Attempts that ended, and how many of them a minute. */
  done: number;
  failed: number;
  perMinute: number;
}

export function pointOf(bucket: MetricBucket): MetricPoint {
  const { at, observed, lived, busy, memoryKnown, memory, memoryMax, cpuKnown, cpu, cpuMax, done, failed } =
    bucket;
  return {
    at: at * 1000,
    observed: rounded(observed),
    workers: rounded(share(lived, observed)),
    load: rounded(share(busy, observed)),
    busy: rounded(share(busy, lived)),
    ...(memoryKnown > 0
      ? { memory: Math.round(memory / memoryKnown), memoryMax: Math.round(memoryMax) }
      : {}),
    ...(cpuKnown > 0 ? { cpu: rounded(cpu / cpuKnown), cpuMax: rounded(cpuMax) } : {}),
    done,
    failed,
    perMinute: rounded(share(done + failed, observed) * 60),
  };
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

/** More digits would pretend to know more. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
