/** Figures over time, as the control API answers them. */
import type { MetricPoint } from '../core/metric-bucket.ts';
import type { WorkerId } from '../core/worker.ts';

export interface MetricsRequest {
  /** A worker, or a pool with its workers. All when absent. */
  of?: string;
  /** Milliseconds since 1970. Default: an hour ago, and now. */
  since?: number;
  until?: number;
  /** Seconds of a point, at least. */
  step?: number;
  /** Only the whole time together, without its points. */
  aggregated?: boolean;
}

export interface MetricsReport {
  since: number;
  until: number;
  /** Seconds of a point: as fine as the figures are kept for a time that long ago, and as many points as an answer takes. */
  step: number;
  /** Pools, each followed by its workers; also those that are no more. */
  series: MetricsSeries[];
}

export interface MetricsSeries {
  pool: string;
  /** Absent: all workers of the pool together. */
  worker?: WorkerId;
  /** The whole time together; absent when nothing was seen in it. */
  overall?: MetricPoint;
  /** Oldest first. Times in which no worker lived, nobody looked or the machine slept have none. */
  points: MetricPoint[];
}

export type { MetricPoint };
