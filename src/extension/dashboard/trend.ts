/** The last hour of a worker or a pool, as the dashboard draws it. */
import type { MetricsReport, MetricsSeries } from '../../control/metrics-report.ts';
import type { MetricPoint } from '../../core/metric-bucket.ts';
import { onGrid } from '../../core/time-grid.ts';

/** One value a minute, oldest first; null where nothing was seen. */
export type TrendValues = (number | null)[];

export interface Trend {
  pool: string;
  /** Absent: all workers of the pool together. */
  worker?: string;
  /** Percent of one core; bytes; share of the time with a job; ended attempts a minute. */
  cpu: TrendValues;
  memory: TrendValues;
  busy: TrendValues;
  perMinute: TrendValues;
  /** The hour together. */
  overall: MetricPoint;
}

/** Minutes that are drawn at least: a crew that has just begun would be a speck at the end of an hour. */
const FEWEST_MINUTES = 10;

/** Only of those who were seen, and from when the first of them was; all of the same length. */
export function trendsOf(report: MetricsReport): Trend[] {
  const { series, until } = report;
  const first = Math.min(...series.flatMap(({ points }) => points[0]?.at ?? []));
  const since = Math.max(report.since, Math.min(first, until - FEWEST_MINUTES * 60_000));
  return series.flatMap((one) => (one.overall ? trendOf(one, one.overall, { ...report, since }) : []));
}

function trendOf(
  { pool, worker, points }: MetricsSeries,
  overall: MetricPoint,
  report: MetricsReport,
): Trend {
  const columns = onGrid(points, report);
  const values = (pick: (point: MetricPoint) => number | undefined): TrendValues =>
    columns.map((point) => (point && pick(point)) ?? null);
  return {
    pool,
    ...(worker === undefined ? {} : { worker }),
    cpu: values(({ cpu }) => cpu),
    memory: values(({ memory }) => memory),
    busy: values(({ busy }) => busy),
    perMinute: values(({ perMinute }) => perMinute),
    overall,
  };
}
