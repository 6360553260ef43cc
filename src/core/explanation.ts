/**
 * Why a job or a worker is as it is, and what would help: one sentence, the recorded facts that it rests on, and next steps. Made
 * of facts alone, so that it is the same for every face, and afterwards.
 */
import type { JobId, JobState } from './job.ts';
import type { WorkerId, WorkerState } from './worker.ts';

export interface Explanation {
  about: { job: JobId } | { worker: WorkerId };
  at: number;
  /** As recorded; `archived` and `removed`: only what is left of it is known. */
  state: JobState | WorkerState | 'archived' | 'removed';
  /** `Job 212 waits because both workers of pool simulate are paused.` */
  headline: string;
  /** What holds now, then what was, newest first. */
  facts: ExplanationFact[];
  /** What would unblock it, or can be done with it; most useful first. Never empty. */
  nextSteps: NextStep[];
}

export interface ExplanationFact {
  /** When it was, or will be, milliseconds since 1970; absent: it holds now. */
  at?: number;
  text: string;
  /** Where it is recorded, for a person: `attempt 2`, `simulate-1`, `crew file`. */
  source: string;
  /** Several lines: a traceback, the end of a log. */
  detail?: string;
}

export interface NextStep {
  text: string;
  /** A command line that does it. */
  cli?: string;
  /** The command of VS Code that does it, without its prefix `nightcrew.`, and what it is called on. */
  command?: { name: StepCommand; on?: StepSubject };
}

/** What is told of a job or a worker in its state, beside what is told of all. */
export interface Account {
  /** Without `Job 212 ` or the worker's name before it. */
  headline: string;
  facts: ExplanationFact[];
  nextSteps: NextStep[];
}

export const STEP_COMMANDS = [
  'startCrew',
  'addWorker',
  'restartWorker',
  'resumeWorker',
  'resumePool',
  'continueWorker',
  'continuePool',
  'showWorkerLog',
  'showWorkerHistory',
  'showJob',
  'requeueJob',
  'cancelJob',
  'openCrewFile',
  'healthCheck',
  'explainWorker',
  'explainJob',
] as const;
export type StepCommand = (typeof STEP_COMMANDS)[number];
export type StepSubject = { worker: WorkerId } | { pool: string } | { job: JobId };

const LONGEST_CLAUSE = 240;

/** Somebody's message as a part of a sentence: on one line, without its full stop, not of any length. */
export function clause(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const short = line.length > LONGEST_CLAUSE ? `${line.slice(0, LONGEST_CLAUSE - 1).trimEnd()}…` : line;
  return short.replace(/[.!;:,\s]+$/, '');
}

/** `a, b and c`; of more than `most`, the first and how many more. */
export function listed(names: readonly string[], most = 4): string {
  if (names.length > most) return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
  const [last, ...others] = names.toReversed();
  return others.length === 0 ? (last ?? '') : `${others.reverse().join(', ')} and ${last}`;
}

/** `both workers`, `all 30 workers`. */
export function all(workers: number): string {
  return workers === 2 ? 'both workers' : `all ${workers} workers`;
}

/** More than these nobody reads; the first are the ones that help most. */
const STEPS_TOLD = 8;

/** Each once, by what it does. */
export function distinctSteps(steps: readonly NextStep[]): NextStep[] {
  const known = new Set<string>();
  const distinct = steps.filter(({ text, cli }) => {
    const key = cli ?? text;
    return !known.has(key) && known.add(key);
  });
  return distinct.slice(0, STEPS_TOLD);
}
