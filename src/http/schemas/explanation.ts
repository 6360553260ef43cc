/** Why a job or a worker is as it is, as the control API tells it. */
import {
  STEP_COMMANDS,
  type Explanation,
  type ExplanationFact,
  type NextStep,
} from '../../core/explanation.ts';
import { JOB_STATES, WORKER_STATES } from './names.ts';
import { component, describes, listOf, oneOf, optional, text, time, whole } from './schema.ts';

const fact = component(
  'ExplanationFact',
  describes<ExplanationFact>({
    at: optional(time('When it was, or will be; absent: it holds now. Milliseconds since 1970.')),
    text: text(),
    source: text('Where it is recorded: `attempt 2`, `simulate-1`, `crew file`.'),
    detail: optional(text('Several lines: a traceback, the end of a log.')),
  }),
);

const nextStep = component(
  'NextStep',
  describes<NextStep>({
    text: text(),
    cli: optional(text('A command line that does it.')),
    command: optional(
      describes<NonNullable<NextStep['command']>>({
        name: oneOf(STEP_COMMANDS, 'The command of VS Code that does it, without its prefix `nightcrew.`.'),
        on: optional({
          description: 'What it is called on.',
          oneOf: [
            describes<{ worker: string }>({ worker: text() }),
            describes<{ pool: string }>({ pool: text() }),
            describes<{ job: number }>({ job: whole() }),
          ],
        }),
      }),
    ),
  }),
);

export const explanation = component(
  'Explanation',
  describes<Explanation>({
    about: {
      oneOf: [
        describes<{ job: number }>({ job: whole() }),
        describes<{ worker: string }>({ worker: text() }),
      ],
    },
    at: time('When it was explained. Milliseconds since 1970.'),
    state: oneOf(
      [...JOB_STATES, ...WORKER_STATES, 'archived', 'removed'],
      '`archived` and `removed`: only what is left of it is known.',
    ),
    headline: text('One sentence.'),
    facts: listOf(fact, 'What holds now, then what was, newest first.'),
    nextSteps: listOf(nextStep, 'What would unblock it, or can be done with it; never empty.'),
  }),
);
