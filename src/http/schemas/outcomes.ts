/** What became of what was asked. */
import type { WorkerOutcome } from '../../control/api.ts';
import { component, describes, flag, text, whole } from './schema.ts';

export const workerOutcome = component(
  'WorkerOutcome',
  describes<WorkerOutcome>({
    worker: text(),
    ok: flag(),
    message: text('In words: what happened, or why not.'),
  }),
);

export interface JobOutcome {
  job: number;
  ok: boolean;
  message: string;
}

export const jobOutcome = component(
  'JobOutcome',
  describes<JobOutcome>({ job: whole(), ok: flag(), message: text() }),
);
