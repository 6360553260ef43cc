/** Why a worker is as it is, why it died, and what would bring it back. Exhaustive over how far a worker can be. */
import { formatDuration } from './duration.ts';
import { attemptFact } from './explain-attempts.ts';
import { refusalFact } from './explain-refusal.ts';
import type { AttemptFacts, CrewFacts, JobFacts, PoolFacts, WorkerFacts } from './explain-facts.ts';
import { explainLiveWorker } from './explain-live-worker.ts';
import {
  clause,
  distinctSteps,
  type Account,
  type Explanation,
  type ExplanationFact,
} from './explanation.ts';
import type { JobId } from './job.ts';
import { quantity } from './quantity.ts';
import { addStep, crewFileStep, explainJobStep } from './explain-steps.ts';
import { obstacleOf } from './worker-obstacle.ts';
import type { WorkerId, WorkerState } from './worker.ts';

/** What is recorded of a worker beside its present; also of one that was removed. All newest first. */
export interface WorkerPast {
  transitions: readonly {
    at: number;
    launch: number;
    from: WorkerState | null;
    to: WorkerState;
    reason: string;
  }[];
  notes: readonly { at: number; launch: number; kind: WorkerNoteName; reason: string }[];
  refusals: JobFacts['refusals'];
  /** Attempts on it that did not get done. */
  broken: readonly (AttemptFacts & { job: JobId })[];
}

export type WorkerNoteName = keyof typeof NOTE_WORDS;

export interface WorkerQuestion {
  crew: CrewFacts;
  worker: WorkerFacts;
  pool: PoolFacts;
  past: WorkerPast;
  /** Jobs that it could be given now. */
  waitingForIt: number;
}

/** Of each kind; the history in VS Code and the database have all. */
const TOLD = 10;

const NOTE_WORDS = {
  stalled: 'Stalled',
  heard: 'Heard again',
  stuck: 'Its job did not get on',
  moved: 'Its job got on',
  restarted: 'Started again by itself',
  'given-up': 'Given up for now',
  paused: 'Paused',
  resumed: 'Resumed',
  frozen: 'Frozen',
  continued: 'Let go on',
  removed: 'Removed',
} as const;

export function explainWorker(question: WorkerQuestion): Explanation {
  const { worker, crew, past } = question;
  const account = worker.phase === 'ended' ? explainEnded(question) : explainLiveWorker(question);
  return {
    about: { worker: worker.id },
    at: crew.now,
    state: worker.state,
    headline: `${worker.id} ${account.headline}`,
    facts: [...account.facts, ...stoppages(crew), workDone(worker), ...history(past)],
    nextSteps: distinctSteps(account.nextSteps),
  };
}

/** Of one that is on the list no longer; undefined when nothing is recorded of it. */
export function explainRemovedWorker(
  worker: WorkerId,
  pool: string | undefined,
  now: number,
  past: WorkerPast,
): Explanation | undefined {
  const [last] = past.transitions;
  const removed = past.notes.find(({ kind }) => kind === 'removed');
  const [refusal] = past.refusals;
  if (!last && !removed && !refusal) return undefined;
  const when = removed ? `: it was removed ${formatDuration((now - removed.at) / 1000)} ago` : '';
  const before = last
    ? ` Before, it was ${last.to}: ${clause(last.reason)}.`
    : refusal
      ? ` It was refused for lack of room: it ${clause(refusal.reasons.join('; '))}.`
      : '';
  return {
    about: { worker },
    at: now,
    state: 'removed',
    headline: `${worker} is not on the list any more${when}.${before}`,
    facts: history(past),
    nextSteps: [
      // VS Code opens the logs of those on the list.
      { text: `Look into the log of ${worker}, if it ever ran`, cli: `nightcrew logs ${worker}` },
      ...(pool === undefined ? [] : [addStep(pool)]),
    ],
  };
}

function explainEnded({ worker, crew, pool, past }: WorkerQuestion): Account {
  const obstacle = obstacleOf(worker, { ...pool, ...crew })!;
  const { id, removedBy, state } = worker;
  const last = past.broken.find(({ outcome }) => outcome === 'crashed' || outcome === 'lost');
  const died = last !== undefined && state === 'FAILED' && Math.abs(last.finishedAt - worker.since) < 2_000;
  const problem = crew.crewFileProblem;
  return {
    headline: `${obstacle.clause}.`,
    facts: [
      ...(died
        ? [{ text: `It ran job ${last.job} when it ended (attempt ${last.attempt})`, source: id }]
        : []),
      ...(removedBy === undefined
        ? []
        : [
            {
              at: removedBy,
              text: 'It leaves the list by itself; its log and its history stay',
              source: 'crew file',
            },
          ]),
      ...(crew.wanted
        ? []
        : [
            {
              text: 'The crew is not to work: it was ended, or given up; `nightcrew up` starts it',
              source: 'now',
            },
          ]),
    ],
    nextSteps: [
      ...(problem ? [crewFileStep(`Correct ${problem.place}: ${clause(problem.message)}`)] : []),
      ...obstacle.steps,
      ...(died ? [explainJobStep(last.job, `See what became of job ${last.job}`)] : []),
    ],
  };
}

function workDone({ id, jobsDone, jobsFailed }: WorkerFacts): ExplanationFact {
  const text = `In all its launches ${quantity(jobsDone, 'job')} got done on it, and ${quantity(jobsFailed, 'attempt')} failed`;
  return { text, source: id };
}

function stoppages({ troubles }: CrewFacts): ExplanationFact[] {
  return troubles
    .filter(({ kind }) => kind !== 'room')
    .map(({ message, since }) => ({ at: since, text: clause(message), source: 'now' }));
}

function history({ transitions, notes, refusals, broken }: WorkerPast): ExplanationFact[] {
  const facts: ExplanationFact[] = [
    ...transitions.slice(0, TOLD).map(({ at, launch, from, to, reason }) => ({
      at,
      text: `${from === null ? to : `${from} → ${to}`}: ${clause(reason)}`,
      source: `launch ${launch}`,
    })),
    ...notes.slice(0, TOLD).map(({ at, launch, kind, reason }) => ({
      at,
      text: `${NOTE_WORDS[kind]}: ${clause(reason)}`,
      source: `launch ${launch}`,
    })),
    ...refusals.map(refusalFact),
    ...broken.slice(0, TOLD).map((attempt) => ({
      ...attemptFact(attempt, `Job ${attempt.job}, attempt ${attempt.attempt},`),
      source: `job ${attempt.job}`,
    })),
  ];
  return facts.sort((one, other) => other.at! - one.at!);
}
