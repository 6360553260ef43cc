/** Why a job is as it is. Exhaustive over its states; those of a waiting one stand in `explain-waiting-job.ts`. */
import { formatDuration } from './duration.ts';
import { attemptFacts, deathFacts, failuresSince, signalOf, whyFailed } from './explain-attempts.ts';
import type { AttemptFacts, CrewFacts, PoolFacts, WorkerFacts } from './explain-facts.ts';
import { explainRunningJob } from './explain-running-job.ts';
import { explainWaitingJob } from './explain-waiting-job.ts';
import {
  clause,
  distinctSteps,
  type Explanation,
  type ExplanationFact,
  type NextStep,
} from './explanation.ts';
import { quantity } from './quantity.ts';
import type { JobError, JobId, JobState } from './job.ts';

/** What is recorded of the job itself. */
export interface ExplainedJob {
  id: JobId;
  batch: number;
  batchName: string;
  pool: string;
  route: string;
  task: string;
  priority: number;
  state: JobState;
  attempts: number;
  /** Since it was put back by hand last. */
  failures: number;
  maxAttempts: number;
  /** Seconds. */
  timeout: number;
  enqueuedAt: number;
  notBefore?: number | undefined;
  finishedAt?: number | undefined;
  error?: JobError | undefined;
  checkpoint?: unknown;
  attemptHistory: readonly AttemptFacts[];
}

export interface JobFacts {
  crew: CrewFacts;
  job: ExplainedJob;
  /** Undefined: nothing is known of its pool any more. */
  pool: PoolFacts | undefined;
  /** What people did to it, newest first. */
  changes: readonly JobChange[];
  /** Of a waiting one: how many go before it, and the highest priority among them. */
  before: { count: number; highestPriority?: number } | undefined;
  /** Of a running one. */
  worker: WorkerFacts | undefined;
  /** The most memory that the launch of its last attempt was seen to use, bytes. */
  peak: number | undefined;
  /** What admission refused of its pool lately, newest first. */
  refusals: readonly { at: number; worker: string; reasons: readonly string[]; overridden: boolean }[];
}

export interface JobChange {
  at: number;
  kind: 'cancelled' | 'requeued' | 'reprioritised';
  /** The reason; `fresh` when its checkpoint was given up; the new priority. */
  detail: string;
}

/** What a state adds to what is told of every job. */
export interface JobAccount {
  /** Without `Job 212 ` before it. */
  headline: string;
  facts: ExplanationFact[];
  nextSteps: NextStep[];
}

export function explainJob(facts: JobFacts): Explanation {
  const { job, crew } = facts;
  const account = accountOf(facts);
  return {
    about: { job: job.id },
    at: crew.now,
    state: job.state,
    headline: `Job ${job.id} ${account.headline}`,
    facts: [...account.facts, ...history(facts)],
    nextSteps: distinctSteps(account.nextSteps),
  };
}

function accountOf(facts: JobFacts): JobAccount {
  const { state } = facts.job;
  switch (state) {
    case 'pending':
      return explainWaitingJob(facts);
    case 'running':
      return explainRunningJob(facts);
    case 'done':
      return done(facts);
    case 'failed':
      return failed(facts);
    case 'cancelled':
      return cancelled(facts);
    default:
      return state satisfies never;
  }
}

function done({ job }: JobFacts): JobAccount {
  const last = job.attemptHistory.at(-1);
  const how = last
    ? `: attempt ${last.attempt} on ${last.worker} took ${formatDuration((last.finishedAt - last.startedAt) / 1000)}`
    : '';
  return {
    headline: `is done${how}.`,
    facts: [],
    nextSteps: [
      showJobStep(job.id, 'See its result'),
      requeueStepOf(job.id, 'Run it once more; its result is given up'),
    ],
  };
}

function failed(facts: JobFacts): JobAccount {
  const { job, changes, peak } = facts;
  const requeuedAt = changes.find(({ kind }) => kind === 'requeued')?.at ?? 0;
  const failures = failuresSince(job.attemptHistory, requeuedAt);
  const last = failures.at(-1);
  const times =
    job.maxAttempts === 1
      ? 'failed at the one attempt that its batch allows'
      : `failed ${job.failures} times, as often as its batch allows`;
  return {
    headline: `${times}${whyFailed(failures, job.error)}.`,
    facts: last ? deathFacts(last, peak) : [],
    nextSteps: [...causeSteps(facts, last), requeueStep(facts)],
  };
}

/** What to look at, or to change, by how it ended. */
function causeSteps({ job }: JobFacts, last: AttemptFacts | undefined): NextStep[] {
  const look = showJobStep(job.id, 'See its parameters, the traceback and the end of the log');
  if (last?.outcome === 'timed-out') {
    return [
      {
        text: `Set a longer \`timeout:\` in pool ${job.pool} and enqueue it anew: its batch keeps the limit of ${formatDuration(job.timeout)}`,
        command: { name: 'openCrewFile' },
      },
      look,
    ];
  }
  const signal = signalOf(last?.error);
  if (!last || (last.outcome !== 'crashed' && signal === undefined)) return [look];
  const log: NextStep = {
    text: `Look into the log of ${last.worker}`,
    cli: `nightcrew logs ${last.worker}`,
    command: { name: 'showWorkerLog', on: { worker: last.worker } },
  };
  const memory: NextStep = {
    text: `If memory ran out: state more \`memory:\` in pool ${job.pool}, so that fewer workers run at once`,
    command: { name: 'openCrewFile' },
  };
  return signal === 'SIGKILL' ? [look, memory, log] : [look, log];
}

function cancelled(facts: JobFacts): JobAccount {
  const { job, crew } = facts;
  const change = facts.changes.find(({ kind }) => kind === 'cancelled');
  const last = job.attemptHistory.at(-1);
  const at = job.finishedAt ?? change?.at;
  const when = at === undefined ? '' : ` ${formatDuration((crew.now - at) / 1000)} ago`;
  const wasRunning = last?.outcome === 'cancelled' && last.finishedAt === job.finishedAt;
  const where = wasRunning ? `while attempt ${last.attempt} ran on ${last.worker}` : 'while it waited';
  return {
    headline: `was cancelled ${byWhom(change?.detail ?? job.error?.message)}${when}, ${where}.`,
    facts: [],
    nextSteps: [requeueStep(facts, 'Put it back into the queue')],
  };
}

/** Where no other reason was given, a person did it. */
function byWhom(reason = ''): string {
  return reason === '' || /^cancelled by hand\.?$/i.test(reason) ? 'by hand' : `(${clause(reason)})`;
}

export function requeueStepOf(id: JobId, text: string): NextStep {
  return { text, cli: `nightcrew requeue ${id}`, command: { name: 'requeueJob', on: { job: id } } };
}

export function showJobStep(id: JobId, text: string): NextStep {
  return { text, cli: `nightcrew job ${id}`, command: { name: 'showJob', on: { job: id } } };
}

function requeueStep(
  { job }: JobFacts,
  text = 'When the cause is gone, put it back into the queue',
): NextStep {
  const from =
    job.checkpoint === undefined ? '' : '; it goes on from its checkpoint (--fresh: from the beginning)';
  return requeueStepOf(job.id, `${text}${from}`);
}

/** What is told of every job, newest first. */
function history({ job, changes, refusals, crew }: JobFacts): ExplanationFact[] {
  const isOpen = job.state === 'pending' || job.state === 'running';
  const future: ExplanationFact[] =
    job.state === 'pending' && job.notBefore !== undefined && job.notBefore > crew.now
      ? [{ at: job.notBefore, text: 'Its next attempt begins not before this', source: 'queue' }]
      : [];
  const past = [
    ...attemptFacts(job.attemptHistory),
    ...changes.map(changeFact),
    ...(isOpen ? refusals.map(refusalFact) : []),
  ];
  const enqueued: ExplanationFact = {
    at: job.enqueuedAt,
    text: `Enqueued in batch ${job.batchName} (${job.batch}) for pool ${job.pool}, task ${job.task}, priority ${job.priority}; ${quantity(job.maxAttempts, 'attempt')} may fail, each may take ${formatDuration(job.timeout)}`,
    source: 'queue',
  };
  // What has no time sums up what is older than all that has one.
  const newestFirst = past.sort((one, other) => (other.at ?? 0) - (one.at ?? 0));
  return [...future, ...newestFirst, enqueued];
}

function changeFact({ at, kind, detail }: JobChange): ExplanationFact {
  const words = {
    cancelled: `Cancelled ${byWhom(detail)}`,
    requeued: `Put back into the queue by hand${detail === 'fresh' ? ', without its checkpoint' : ''}; failures count anew`,
    reprioritised: `Given priority ${detail} by hand`,
  };
  return { at, text: words[kind], source: 'by hand' };
}

export function refusalFact({
  at,
  worker,
  reasons,
  overridden,
}: JobFacts['refusals'][number]): ExplanationFact {
  const what = overridden
    ? 'was started by hand although there was no room for it'
    : 'was refused for lack of room';
  return { at, text: `${worker} ${what}: it ${clause(reasons.join('; '))}`, source: 'admission' };
}
