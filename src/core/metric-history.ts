/**
 * Figures of every worker and pool over time, in three resolutions that are fed by the same looks, so that each keeps the totals
 * and the maxima of the finer ones. The room is bounded: where there are more series than have room at full length, each is
 * shorter.
 */
import {
  BUCKET_BYTES,
  bucketOf,
  emptyBucket,
  mergeBucket,
  type MetricBucket,
  type MetricLook,
} from './metric-bucket.ts';
import { MetricRing } from './metric-ring.ts';

/** Seconds of a bucket, and how many are kept: an hour, a day, 30 days. */
export const RESOLUTIONS: readonly { step: number; kept: number }[] = [
  { step: 10, kept: 360 },
  { step: 60, kept: 1_440 },
  { step: 600, kept: 4_320 },
];
/** In memory; the file may have twice as much. 57 workers and pools have room at full length. */
export const MOST_METRIC_BYTES: number = 16 * 1024 * 1024;
/** Each has room for a quarter of an hour at the finest resolution still. */
const MOST_SERIES = 1_000;
const WHOLE: number = RESOLUTIONS.reduce((sum, { kept }) => sum + kept, 0);

/** A worker, or the workers of a pool together. */
export interface MetricSubject {
  pool: string;
  worker?: string;
}

/** Seconds since 1970; `step`: at least so many for each bucket. */
export interface MetricRange {
  now: number;
  since: number;
  until: number;
  step: number;
}

export interface MetricSeries {
  subject: MetricSubject;
  /** Finest first. */
  rings: readonly MetricRing[];
}

export class MetricHistory {
  readonly #mostBytes: number;
  readonly #series = new Map<string, MetricSeries>();

  constructor(mostBytes = MOST_METRIC_BYTES) {
    this.#mostBytes = mostBytes;
  }

  get series(): readonly MetricSeries[] {
    return [...this.#series.values()];
  }

  get bytes(): number {
    return this.series.reduce((sum, { rings }) => sum + rings.reduce((own, { bytes }) => own + bytes, 0), 0);
  }

  /** `now`: milliseconds since 1970. */
  look(subject: MetricSubject, look: MetricLook, now: number): void {
    const seen = bucketOf(look, now / 1000);
    for (const ring of this.#of(subject).rings) ring.add(seen);
  }

  /** Takes in what was saved. What was kept at a resolution that there is no longer is left out. */
  put(subject: MetricSubject, step: number, buckets: Iterable<MetricBucket>): void {
    const ring = this.#of(subject).rings.find((own) => own.step === step);
    if (ring) for (const bucket of buckets) ring.put(bucket);
  }

  /** Drops series of which nothing lies behind `before` (seconds since 1970). */
  forget(before: number): void {
    for (const [key, { rings }] of this.#series) {
      if (rings.every(({ newest = -Infinity }) => newest < before)) this.#series.delete(key);
    }
    this.#share();
  }

  #of(subject: MetricSubject): MetricSeries {
    const key = JSON.stringify([subject.pool, subject.worker ?? null]);
    const known = this.#series.get(key);
    if (known) return known;
    if (this.#series.size >= MOST_SERIES) this.#dropOldest();
    const rings = RESOLUTIONS.map(({ step }) => new MetricRing(step, 1));
    const series = { subject, rings };
    this.#series.set(key, series);
    this.#share();
    return series;
  }

  /** The room is the same for each. */
  #share(): void {
    const whole = this.#mostBytes / BUCKET_BYTES / Math.max(1, this.#series.size);
    const share = Math.min(1, whole / WHOLE);
    for (const { rings } of this.#series.values())
      rings.forEach((ring, level) =>
        ring.setLimit(Math.max(1, Math.floor(share * RESOLUTIONS[level]!.kept))),
      );
  }

  #dropOldest(): void {
    let oldest: [key: string, newest: number] | undefined;
    for (const [key, { rings }] of this.#series) {
      const newest = rings[0]!.newest ?? -Infinity;
      if (!oldest || newest < oldest[1]) oldest = [key, newest];
    }
    if (oldest) this.#series.delete(oldest[0]);
  }
}

/** The seconds of a bucket in which the range can be told; all series reach back equally. */
export function stepFor({ series }: MetricHistory, range: MetricRange): number {
  const [first = { rings: RESOLUTIONS.map(({ step, kept }) => new MetricRing(step, kept)) }] = series;
  return stepOf(ringFor(first.rings, range), range);
}

/** Buckets of `stepFor` seconds, oldest first. */
export function readSeries({ rings }: MetricSeries, range: MetricRange): MetricBucket[] {
  const ring = ringFor(rings, range);
  const step = stepOf(ring, range);
  const buckets: MetricBucket[] = [];
  for (const bucket of ring.read(range.since, range.until)) {
    const at = Math.floor(bucket.at / step) * step;
    const last = buckets.at(-1);
    if (last?.at === at) mergeBucket(last, bucket);
    else buckets.push({ ...bucket, at });
  }
  return buckets;
}

/** All buckets together; undefined when there are none. */
export function overall(buckets: readonly MetricBucket[]): MetricBucket | undefined {
  const [first] = buckets;
  if (!first) return undefined;
  const whole = emptyBucket(first.at);
  for (const bucket of buckets) mergeBucket(whole, bucket);
  return whole;
}

function stepOf(ring: MetricRing, { step }: MetricRange): number {
  return Math.max(1, Math.ceil(step / ring.step)) * ring.step;
}

/** The coarsest that is fine enough, of those that reach back; else the finest that does, else the one that reaches furthest. */
function ringFor(rings: readonly MetricRing[], { now, since, step }: MetricRange): MetricRing {
  const reaching = rings.filter(({ reach }) => now - since <= reach);
  const fine = reaching.filter((ring) => ring.step <= step);
  return fine.at(-1) ?? reaching[0] ?? rings.at(-1)!;
}
