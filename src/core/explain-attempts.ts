/** What a job's attempts tell: each as a fact, and what killed the last one. */
import { formatByteSize } from './byte-size.ts';
import { formatDuration } from './duration.ts';
import type { AttemptFacts } from './explain-facts.ts';
import { clause, type ExplanationFact } from './explanation.ts';
import { countsAsFailure } from './job-state.ts';
import type { AttemptOutcome, JobError } from './job.ts';

/** The newest; `nightcrew job` has all. */
const ATTEMPTS_TOLD = 10;

/** What one attempt came to, behind its number. */
const OUTCOME_WORDS: Record<AttemptOutcome, string> = {
  done: 'was done',
  failed: 'failed',
  crashed: 'died with its worker',
  'timed-out': 'took longer than its limit',
  aborted: 'ended with its worker, which a person ended',
  cancelled: 'was cancelled',
  returned: 'was given back before it began',
  lost: 'was lost with the keeper or the machine',
};

/** `ValueError: no root`; the type is not said twice. */
export function errorClause({ type, message }: JobError): string {
  if (type === undefined) return clause(message);
  const rest = message.startsWith(`${type}: `) ? message.slice(type.length + 2) : message;
  return clause(rest.includes(type) ? rest : `${type}: ${rest}`);
}

/** Their errors say no more than the outcome. */
const SELF_EVIDENT: ReadonlySet<AttemptOutcome> = new Set<AttemptOutcome>([
  'timed-out',
  'cancelled',
  'returned',
]);

/** `failed (ValueError: no root)`. */
export function outcomeClause({ outcome, error }: AttemptFacts): string {
  const why = error && !SELF_EVIDENT.has(outcome) ? ` (${errorClause(error)})` : '';
  return `${OUTCOME_WORDS[outcome]}${why}`;
}

/** Newest first. */
export function attemptFacts(attempts: readonly AttemptFacts[]): ExplanationFact[] {
  const newestFirst = attempts.toReversed();
  const facts = newestFirst.slice(0, ATTEMPTS_TOLD).map((attempt) => attemptFact(attempt));
  const more = newestFirst.length - ATTEMPTS_TOLD;
  if (more > 0) facts.push({ text: `${more} attempts were before these`, source: 'attempts' });
  return facts;
}

/** `subject`: what it is called where it is not one of one job's. */
export function attemptFact(attempt: AttemptFacts, subject?: string): ExplanationFact {
  const { error, logTail, outcome, startedAt, finishedAt, worker } = attempt;
  const took = formatDuration((finishedAt - startedAt) / 1000);
  const counted = outcome === 'done' || countsAsFailure(outcome) ? '' : '; it does not count as a failure';
  const detail = [
    error?.traceback,
    logTail ? `End of the log of ${worker}:\n${logTail.trimEnd()}` : undefined,
  ]
    .filter((part) => part !== undefined && part !== '')
    .join('\n\n');
  return {
    at: finishedAt,
    text: `${subject ?? `Attempt ${attempt.attempt}`} ${outcomeClause(attempt)}${subject === undefined ? ` on ${worker}` : ''} after ${took}${counted}`,
    source: `attempt ${attempt.attempt}`,
    ...(detail === '' ? {} : { detail }),
  };
}

/** Attempts since a person had put it back last: those before it count no longer. */
export function failuresSince(attempts: readonly AttemptFacts[], requeuedAt: number): AttemptFacts[] {
  return attempts.filter(({ outcome, finishedAt }) => finishedAt >= requeuedAt && countsAsFailure(outcome));
}

/** `, each time with: ValueError: no root`, or the last one when they differ. */
export function whyFailed(failures: readonly AttemptFacts[], error: JobError | undefined): string {
  const reasons = failures.map(reasonOf);
  const last = reasons.at(-1) ?? (error ? errorClause(error) : 'no reason was recorded');
  if (reasons.length < 2) return `: ${last}`;
  return `, ${reasons.every((reason) => reason === last) ? 'each time' : 'the last time'} with: ${last}`;
}

function reasonOf({ outcome, error }: AttemptFacts): string {
  if (outcome === 'timed-out') return 'it took longer than its time limit';
  return error ? errorClause(error) : outcome;
}

const SIGNALS: Record<string, string> = {
  SIGKILL: 'SIGKILL comes from outside; most often the system sends it when memory runs out',
  SIGTERM: 'SIGTERM comes from outside: somebody, or the system, asked the process to end',
  SIGHUP: 'SIGHUP comes from outside: a terminal or a session ended',
  SIGSEGV: 'SIGSEGV: the program, or a library of it, touched memory that is not its own',
  SIGBUS: 'SIGBUS: a file that is mapped into memory became shorter, or a disk is full',
  SIGILL: 'SIGILL: the program has instructions that this processor does not know',
  SIGABRT: 'SIGABRT: the program, or a library of it, gave up on an error of its own',
  SIGFPE: 'SIGFPE: a division by zero, or the like, in the program',
};

/** What a death by signal usually means, with the memory that was measured. */
export function deathFacts(
  { error, attempt, worker }: AttemptFacts,
  peak: number | undefined,
): ExplanationFact[] {
  const meaning = SIGNALS[signalOf(error) ?? ''];
  return [
    ...(meaning === undefined ? [] : [{ text: meaning, source: `attempt ${attempt}` }]),
    ...(peak === undefined
      ? []
      : [
          {
            text: `The most memory that ${worker} was seen to use in that launch: ${formatByteSize(peak)}`,
            source: 'measured',
          },
        ]),
  ];
}

/** Recorded as the error's type, or named in its worker's last words. */
export function signalOf(error: JobError | undefined): string | undefined {
  return /\bSIG[A-Z]+\b/.exec(`${error?.type ?? ''} ${error?.message ?? ''}`)?.[0];
}
