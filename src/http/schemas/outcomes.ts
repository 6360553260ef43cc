/** What became of what was asked. */
import type { AdmissionRefusal } from '../../core/admission.ts';
import type { WorkerOutcome } from '../../control/selection.ts';
import { component, describes, flag, listOf, optional, text, whole } from './schema.ts';

export const refusal = component(
  'AdmissionRefusal',
  describes<AdmissionRefusal>(
    {
      reasons: listOf(text(), 'With the figures.'),
      risks: listOf(text(), 'What may happen when it is started all the same.'),
      nextStep: text(),
      never: optional(flag('It needs more than the machine has: waiting for room is in vain.')),
    },
    { description: 'Why the machine has no room for a worker. With `force` it is started all the same.' },
  ),
);

export const workerOutcome = component(
  'WorkerOutcome',
  describes<WorkerOutcome>({
    worker: text(),
    ok: flag(),
    message: text('In words: what happened, or why not.'),
    refusal: optional(refusal),
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
