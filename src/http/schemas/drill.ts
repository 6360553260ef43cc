/** Drills, as the control API tells of them. */
import type { DrillReport } from '../../control/drill-report.ts';
import type { DrillRuns } from '../../control/enqueue-request.ts';
import { enqueueResult } from './jobs.ts';
import { component, describes, flag, listOf, optional, text, whole } from './schema.ts';

const check = {
  description: 'What the results have to be, beside there.',
  oneOf: [{ const: 'same' }, describes<{ matches: string }>({ matches: text('A regular expression.') })],
};

export const drillRuns = component(
  'DrillRuns',
  describes<DrillRuns>({
    batch: text(),
    pool: text(),
    check: optional(check),
    runs: listOf(enqueueResult),
  }),
);

export interface DrillStanding {
  batch: string;
  pool: string;
  /** Jobs that wait or run. */
  left: number;
  report?: DrillReport;
}

export const drillStanding = component(
  'DrillStanding',
  describes<DrillStanding>({
    batch: text(),
    pool: text(),
    left: whole('Jobs that wait or run.'),
    report: optional(
      describes<DrillReport>({
        batch: text(),
        pool: text(),
        ok: flag(),
        runs: whole(),
        jobs: whole('Of all runs.'),
        failed: whole('Jobs that did not end done at their first attempt.'),
        unfit: whole('Whose result does not fit.'),
        different: whole('Whose result is another than in the first run.'),
        problems: listOf(text(), 'The first of them.'),
        verdict: text('In words.'),
      }),
    ),
  }),
);
