/** A worker whose process runs: what it does, what it suffers from, or why it has nothing to do. */
import { formatDuration } from './duration.ts';
import type { WorkerFacts } from './explain-facts.ts';
import { explainJobStep, logStep, restartStep } from './explain-steps.ts';
import type { WorkerQuestion } from './explain-worker.ts';
import { clause, type Account, type ExplanationFact, type NextStep } from './explanation.ts';
import { quantity } from './quantity.ts';
import { obstacleOf, SILENT } from './worker-obstacle.ts';

export function explainLiveWorker(question: WorkerQuestion): Account {
  const { worker, crew, pool } = question;
  const flagged = flaggedAs(question);
  const found = obstacleOf(worker, { ...pool, ...crew });
  // Its silence is told with the figures.
  const obstacle = found?.kind === SILENT ? undefined : found;
  const parts = [obstacle?.clause, flagged?.clause].filter((part) => part !== undefined);
  const work = workOf(question, parts.length > 0);
  return {
    headline: `${[...parts, work.clause].filter((part) => part !== '').join('; ')}.`,
    facts: [
      ...outdatedFacts(worker),
      ...worker.findings.map((text) => ({ text: `Not healthy: ${clause(text)}`, source: 'health' })),
      ...jobFacts(worker),
    ],
    nextSteps: [
      ...(flagged?.steps ?? []),
      ...(obstacle?.steps ?? []),
      ...work.steps,
      ...outdatedSteps(worker),
      logStep(worker.id),
    ],
  };
}

function outdatedFacts({ id, outdated }: WorkerFacts): ExplanationFact[] {
  if (outdated === undefined) return [];
  return [{ text: `Since it was started, \`${outdated}\` changed in the crew file`, source: id }];
}

function outdatedSteps({ id, outdated }: WorkerFacts): NextStep[] {
  if (outdated === undefined) return [];
  return [
    restartStep(
      id,
      `Start ${id} again with \`${outdated}\` as written now; its job goes on from its checkpoint`,
    ),
  ];
}

/** Signs that it is of no use although it lives. */
function flaggedAs({
  worker,
  crew,
  pool,
}: WorkerQuestion): { clause: string; steps: NextStep[] } | undefined {
  const { id, offline, stalled, stuck, heardAt, host } = worker;
  const silent = heardAt === undefined ? '' : ` for ${formatDuration((crew.now - heardAt) / 1000)}`;
  const health: NextStep = {
    text: `Check ${id} now`,
    cli: `nightcrew health ${id}`,
    command: { name: 'healthCheck', on: { worker: id } },
  };
  const restart = restartStep(id, `Stop ${id} and start it again; its job goes on from its checkpoint`);
  const cause = offline || stalled ? 'stalled' : 'stuck';
  const alone =
    worker.hasGivenUp && worker.autoRestarts > 0
      ? `; it was started again ${worker.autoRestarts} times within an hour and is left alone now`
      : pool.autoRestart.includes(cause)
        ? ''
        : `; it is left alone, because \`autoRestart\` of its pool does not name \`${cause}\``;
  if (offline)
    return {
      clause: `has not been heard${silent}, as if the connection to ${host ?? 'its machine'} were cut; it may still be computing${alone}`,
      steps: [{ text: `Look whether ${host ?? 'its machine'} can be reached` }, health, restart],
    };
  if (stalled)
    return {
      clause: `lives but has not been heard${silent}: it hangs, or computes without answering${alone}`,
      steps: [health, logStep(id), restart],
    };
  if (stuck !== undefined)
    return {
      clause: `is heard, but does not get on: ${clause(stuck)}${alone}`,
      steps: [logStep(id), restart],
    };
  return undefined;
}

function workOf(
  { worker, crew, pool, waitingForIt }: WorkerQuestion,
  isHindered: boolean,
): { clause: string; steps: NextStep[] } {
  const { job, phase, ahead } = worker;
  if (job) {
    const progress = job.fraction === undefined ? '' : `, ${Math.floor(job.fraction * 100)} % done`;
    const rest = ahead.length === 0 ? '' : `, with ${quantity(ahead.length, 'job')} sent ahead`;
    const runs = `runs job ${job.id} for ${formatDuration((crew.now - job.startedAt) / 1000)}${progress}${rest}`;
    return {
      clause: phase === 'draining' ? '' : isHindered ? `it ${runs}` : runs,
      steps: [explainJobStep(job.id, `See how job ${job.id} gets on`)],
    };
  }
  if (isHindered)
    return {
      clause: waitingForIt > 0 ? `${quantity(waitingForIt, 'job')} could be given to it` : '',
      steps: [],
    };
  const stoppage = crew.troubles.find(({ kind }) => kind === 'storage');
  if (stoppage) {
    return {
      clause: `is ready, but nothing is given out: ${clause(stoppage.message)}`,
      steps: stoppage.nextStep === undefined ? [] : [{ text: stoppage.nextStep }],
    };
  }
  if (waitingForIt > 0) {
    return {
      clause: `is ready, and ${quantity(waitingForIt, 'job')} can be given to it`,
      steps: [{ text: 'Wait a moment: jobs are given out as this is read' }],
    };
  }
  const delayed =
    pool.delayed === 0
      ? ''
      : `; ${quantity(pool.delayed, 'job')} of its pool ${pool.delayed === 1 ? 'waits' : 'wait'} for another try`;
  const labels = Object.entries(worker.labels).map(([name, value]) => `${name}=${value}`);
  const whose = labels.length === 0 ? '' : ` that a worker with ${labels.join(', ')} may take`;
  return {
    clause: `is ready and has nothing to do: no job${whose} waits in pool ${worker.pool}${delayed}`,
    steps: [{ text: 'Give it work', cli: `nightcrew enqueue ${worker.pool} --param name=value` }],
  };
}

function jobFacts({ job, id }: WorkerFacts): ExplanationFact[] {
  if (!job) return [];
  const message = job.message
    ? [{ text: `The last message of job ${job.id}: ${clause(job.message)}`, source: id }]
    : [];
  const words = {
    cancelled: 'was cancelled',
    'timed-out': 'is over its time limit',
    returned: 'is to be given back',
    aborted: 'is to be given back, with its checkpoint if it saved one',
  };
  if (!job.interrupted) return message;
  return [
    { text: `Job ${job.id} ${words[job.interrupted]}; ${id} was asked to end it`, source: id },
    ...message,
  ];
}
