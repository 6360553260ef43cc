/** Schemas of figures over time. */
import type { MetricPoint, MetricsReport, MetricsSeries } from '../../control/metrics-report.ts';
import { amount, component, describes, listOf, optional, text, time, whole } from './schema.ts';

const point = component(
  'MetricPoint',
  describes<MetricPoint>({
    at: time('Its beginning, milliseconds since 1970.'),
    observed: amount('Seconds of it that were looked at.'),
    workers: amount('Workers that lived, on average.'),
    load: amount('Workers that had a job, on average.'),
    busy: amount('The share of these in those, from 0 to 1.'),
    memory: optional(amount('Bytes of the whole process trees, on average. Missing when nothing was known.')),
    memoryMax: optional(amount('Bytes, at most.')),
    cpu: optional(amount('Percent of one core, on average.')),
    cpuMax: optional(amount('Percent of one core, at most.')),
    done: whole('Attempts that got done.'),
    failed: whole('Attempts that failed.'),
    perMinute: amount('Attempts that ended, a minute.'),
  }),
);

const series = component(
  'MetricsSeries',
  describes<MetricsSeries>({
    pool: text(),
    worker: optional(text('Missing: all workers of the pool together.')),
    overall: optional({ ...point, description: 'The whole time together; missing when nothing was seen.' }),
    points: listOf(point, 'Oldest first; none for times in which no worker lived or the machine slept.'),
  }),
);

export const metricsReport = component(
  'MetricsReport',
  describes<MetricsReport>({
    since: time(),
    until: time(),
    step: whole('Seconds of a point.'),
    series: listOf(series, 'Pools, each followed by its workers.'),
  }),
);
