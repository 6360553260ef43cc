/** Points over time in columns of equal length, so that a gap is seen as one. */
import type { MetricPoint } from './metric-bucket.ts';

interface Span {
  /** Milliseconds since 1970. */
  since: number;
  until: number;
  /** Seconds of a point, and so of a column. */
  step: number;
}

/** One for each column, oldest first; undefined where there is no point. */
export function onGrid(
  points: readonly MetricPoint[],
  { since, until, step }: Span,
): (MetricPoint | undefined)[] {
  const length = step * 1000;
  const first = Math.floor(since / length);
  const columns = new Array<MetricPoint | undefined>(Math.max(1, Math.ceil(until / length) - first));
  for (const point of points) {
    const column = Math.floor(point.at / length) - first;
    if (column >= 0 && column < columns.length) columns[column] = point;
  }
  return Array.from(columns);
}
