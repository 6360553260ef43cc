/** How a job that was given to a worker gets on, and why it may not. */
import { formatDuration } from './duration.ts';
import type { JobFacts, RunningJobFacts, WorkerFacts } from './explain-facts.ts';
import { continueStep, explainJobStep, explainWorkerStep, logStep } from './explain-steps.ts';
import { clause, type Account, type ExplanationFact, type NextStep } from './explanation.ts';
import { inTime } from './worker-obstacle.ts';

export function explainRunningJob(facts: JobFacts): Account {
  const { worker, job, crew } = facts;
  const current = worker?.job;
  if (!worker || !current) {
    return {
      headline:
        'was given to a worker that is not there any more; it goes back to the queue as soon as its process is known to be gone.',
      facts: [],
      nextSteps: [{ text: 'Wait a moment and ask again', cli: `nightcrew explain ${job.id}` }],
    };
  }
  if (current.id !== job.id) return behind(worker, current, job.id);
  const trouble = hindered(facts, worker, current);
  const progress = current.fraction === undefined ? '' : `, ${Math.floor(current.fraction * 100)} % done`;
  const since = formatDuration((crew.now - current.startedAt) / 1000);
  const runs = `runs on ${worker.id} for ${since} (attempt ${current.attempt})${progress}`;
  return {
    headline: `${trouble ? `${runs}, but ${trouble.why}` : runs}.`,
    facts: [...progressFacts(worker, current), ...limitFacts(facts, worker, current)],
    nextSteps: [
      ...(trouble?.steps ?? []),
      logStep(worker.id),
      {
        text: 'End it and keep it from running again; what it has not saved is lost',
        cli: `nightcrew cancel ${job.id}`,
        command: { name: 'cancelJob', on: { job: job.id } },
      },
    ],
  };
}

/** Sent ahead, so that its worker need not wait. */
function behind(worker: WorkerFacts, current: RunningJobFacts, id: number): Account {
  return {
    headline: `is next on ${worker.id}, behind job ${current.id}; it is given to another worker if that takes long.`,
    facts: [],
    nextSteps: [
      explainJobStep(current.id, `See how job ${current.id} gets on`),
      { text: 'Take it out of the queue', cli: `nightcrew cancel ${id}` },
    ],
  };
}

interface Hindered {
  why: string;
  steps: NextStep[];
}

function hindered({ crew }: JobFacts, worker: WorkerFacts, current: RunningJobFacts): Hindered | undefined {
  const { id } = worker;
  const explain = explainWorkerStep(id);
  if (worker.phase === 'aborting' || worker.phase === 'replacing')
    return { why: `${id} is being ended by force; the job goes back to the queue`, steps: [explain] };
  switch (current.interrupted) {
    case 'cancelled':
      return { why: `it was cancelled and its worker is ending it`, steps: [explain] };
    case 'timed-out':
      return { why: 'its time limit is over and its worker is ending it', steps: [explain] };
    case 'aborted':
    case 'returned':
      return {
        why: `${id} is stopping and gives it back to the queue, with its checkpoint if it saved one`,
        steps: [explain],
      };
    default:
  }
  if (worker.frozenSince !== undefined) {
    const since = formatDuration((crew.now - worker.frozenSince) / 1000);
    return {
      why: `${id} has been frozen for ${since}, and its time limit stands still`,
      steps: [continueStep(id)],
    };
  }
  if (worker.offline)
    return {
      why: `${id} runs on ${worker.host ?? 'another machine'} and is not heard any more`,
      steps: [explain],
    };
  if (worker.stalled)
    return { why: `${id} is not heard any more, although its process lives`, steps: [explain] };
  if (worker.stuck !== undefined)
    return { why: `it does not get on: ${clause(worker.stuck)}`, steps: [explain] };
  const disk = crew.troubles.find(({ kind }) => kind === 'storage');
  if (disk)
    return {
      why: `its result cannot be saved before the disk takes writes again: ${clause(disk.message)}`,
      steps: disk.nextStep === undefined ? [] : [{ text: disk.nextStep }],
    };
  return undefined;
}

function progressFacts({ id }: WorkerFacts, { message }: RunningJobFacts): ExplanationFact[] {
  return message === undefined || message === ''
    ? []
    : [{ text: `Its last message: ${clause(message)}`, source: id }];
}

function limitFacts(
  { job, crew }: JobFacts,
  worker: WorkerFacts,
  { startedAt }: RunningJobFacts,
): ExplanationFact[] {
  if (worker.frozenSince !== undefined) return [];
  const limit = startedAt + job.timeout * 1000;
  return [
    {
      at: limit,
      text: `Its limit of ${formatDuration(job.timeout)} ends ${inTime(limit, crew.now)}`,
      source: 'queue',
    },
  ];
}
