/** Answers for figures over time. */
import { ControlError, ControlErrorCode } from '../../control/control-error.ts';
import type { MetricsReport, MetricsRequest, MetricsSeries } from '../../control/metrics-report.ts';
import { suggestName } from '../../core/closest-name.ts';
import { pointOf } from '../../core/metric-bucket.ts';
import {
  overall,
  readSeries,
  stepFor,
  type MetricHistory,
  type MetricRange,
  type MetricSeries,
  type MetricSubject,
} from '../../core/metric-history.ts';
import type { OperationContext } from './context.ts';

/** Milliseconds. */
const DEFAULT_RANGE = 3_600_000;
/** Of a series in an answer; a day has 1,440 minutes. */
const MOST_POINTS = 1_500;

export async function metrics(request: MetricsRequest, context: OperationContext): Promise<MetricsReport> {
  const { metrics: recorder } = context.care;
  await recorder.loaded;
  const now = context.clock.now();
  const { of, until = now, since = until - DEFAULT_RANGE, aggregated = false } = request;
  if (since >= until) {
    throw new ControlError(ControlErrorCode.badInput, 'The time asked for ends before it begins.', {
      place: 'metrics',
      nextStep: 'Give a `since` that is before `until`.',
    });
  }
  if (of !== undefined) requireSubject(of, recorder.history, context);
  const range: MetricRange = {
    now: now / 1000,
    since: since / 1000,
    until: until / 1000,
    step: Math.max(request.step ?? 0, (until - since) / 1000 / MOST_POINTS),
  };
  const wanted = recorder.history.series.filter(({ subject }) => of === undefined || isOf(subject, of));
  return {
    since,
    until,
    step: stepFor(recorder.history, range),
    series: wanted.map((series) => reportOf(series, range, aggregated)).sort(inOrder),
  };
}

function reportOf(series: MetricSeries, range: MetricRange, aggregated: boolean): MetricsSeries {
  const buckets = readSeries(series, range);
  const whole = overall(buckets);
  return {
    ...series.subject,
    ...(whole ? { overall: pointOf(whole) } : {}),
    points: aggregated ? [] : buckets.map(pointOf),
  };
}

function isOf({ pool, worker }: MetricSubject, name: string): boolean {
  return pool === name || worker === name;
}

/** Throws ControlError for a name that no worker and no pool has or had. */
function requireSubject(name: string, history: MetricHistory, { roster, pools }: OperationContext): void {
  const known = new Set([
    ...[...pools.all].map((pool) => pool.name),
    ...[...roster.all].map(({ id }) => id),
    ...history.series.flatMap(({ subject: { pool, worker } }) =>
      worker === undefined ? pool : [pool, worker],
    ),
  ]);
  if (known.has(name)) return;
  throw new ControlError(ControlErrorCode.notFound, `There is no worker or pool ${name}.`, {
    place: name,
    nextStep:
      suggestName(name, [...known].sort()) ?? 'Nothing has run yet; `nightcrew up` starts the workers.',
  });
}

const naturally = new Intl.Collator('en', { numeric: true });

/** Pools by name, each before its workers. */
function inOrder(one: MetricsSeries, other: MetricsSeries): number {
  return naturally.compare(one.pool, other.pool) || naturally.compare(one.worker ?? '', other.worker ?? '');
}
