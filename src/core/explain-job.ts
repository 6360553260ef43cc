/** Why a job is as it is. Exhaustive over its states; those of a waiting one stand in `explain-waiting-job.ts`. */
import { formatDuration } from './duration.ts';
import { attemptFacts, deathFacts, failuresSince, signalOf, whyFailed } from './explain-attempts.ts';
import { refusalFact } from './explain-refusal.ts';
import type { AttemptFacts, JobFacts } from './explain-facts.ts';
import type { JobChangeRow } from './job-records.ts';
import { logStep, requeueStepOf, showJobStep } from './explain-steps.ts';
import { explainRunningJob } from './explain-running-job.ts';
import { explainWaitingJob } from './explain-waiting-job.ts';
import {
  clause,
  distinctSteps,
  type Account,
  type Explanation,
  type ExplanationFact,
  type NextStep,
} from './explanation.ts';
import { quantity } from './quantity.ts';

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

function accountOf(facts: JobFacts): Account {
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

function done({ job }: JobFacts): Account {
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

function failed(facts: JobFacts): Account {
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
  const memory: NextStep = {
    text: `If memory ran out: state more \`memory:\` in pool ${job.pool}, so that fewer workers run at once`,
    command: { name: 'openCrewFile' },
  };
  return signal === 'SIGKILL' ? [look, memory, logStep(last.worker)] : [look, logStep(last.worker)];
}

function cancelled(facts: JobFacts): Account {
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

function changeFact({ at, kind, detail }: JobChangeRow): ExplanationFact {
  const words = {
    cancelled: `Cancelled ${byWhom(detail)}`,
    requeued: `Put back into the queue by hand${detail === 'fresh' ? ', without its checkpoint' : ''}; failures count anew`,
    reprioritised: `Given priority ${detail} by hand`,
  };
  return { at, text: words[kind], source: 'by hand' };
}
