/** The routes on figures over time. */
import type { MetricsRequest } from '../../control/metrics-report.ts';
import { route, type Route } from '../route.ts';
import { metricsReport } from '../schemas/metrics.ts';
import { describes, flag, optional, text, whole } from '../schemas/schema.ts';

export const metricsRoutes: readonly Route[] = [
  route<unknown, MetricsRequest>({
    method: 'GET',
    path: '/api/metrics/',
    name: 'metricsHistory',
    group: 'Crew',
    summary: 'Memory, CPU, load and ended jobs over time',
    description:
      'Of pools and workers. Figures of 10 seconds are kept for an hour, of a minute for a day, of 10 minutes for 30 days. ' +
      'A series has 1,500 points at most: a longer step is taken where they would be more.',
    query: describes<MetricsRequest>(
      {
        of: optional(text('A worker, or a pool with its workers.', { minLength: 1, maxLength: 200 })),
        since: optional(whole('Milliseconds since 1970. Default: an hour before `until`.')),
        until: optional(whole('Milliseconds since 1970. Default: now.')),
        step: optional(whole('Seconds of a point, at least.')),
        aggregated: optional(flag('Only the whole time together.')),
      },
      { closed: true },
    ),
    answer: { type: 'application/json', schema: metricsReport },
    handle: async ({ query }, { crew }) => ({ json: await crew.request('metrics', query) }),
  }),
];
