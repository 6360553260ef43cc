/** Why a worker takes no jobs at this moment, as a clause behind its name, and what would make it take some. */
import { formatDuration } from './duration.ts';
import type { CrewFacts, PoolFacts, WorkerFacts } from './explain-facts.ts';
import {
  ALL_THE_SAME,
  continueStep,
  crewFileStep,
  explainWorkerStep,
  logStep,
  restartStep,
  upStep,
} from './explain-steps.ts';
import { clause, type NextStep } from './explanation.ts';
import { quantity } from './quantity.ts';

export interface Obstacle {
  /** The same for workers that stand alike. */
  kind: string;
  /** `is paused`. */
  clause: string;
  /** The same of several, where their clauses say no more: `are paused`. */
  ofAll?: string;
  steps: NextStep[];
}

/** The kind of one that lives and says nothing. */
export const SILENT = 'silent';

/** `wanted` and what the pool says decide whether it is started again by itself. */
export type ObstacleFacts = Pick<CrewFacts, 'now' | 'wanted'> &
  Pick<PoolFacts, 'autoRestart' | 'ramp'> & { neverFits: readonly string[] };

/** Undefined: it takes jobs. */
export function obstacleOf(worker: WorkerFacts, facts: ObstacleFacts): Obstacle | undefined {
  const { phase } = worker;
  switch (phase) {
    case 'starting':
      return starting(worker, facts.now);
    case 'running':
      return held(worker, facts.now);
    case 'draining':
    case 'stopping':
    case 'aborting':
      return ending(worker, facts.now);
    case 'restarting':
    case 'replacing':
      return restarting(worker, facts.now);
    case 'ended':
      return ended(worker, facts);
    default:
      return phase satisfies never;
  }
}

/** `in 40 s`; `now` for what is due. */
export function inTime(then: number, now: number): string {
  return then <= now ? 'now' : `in ${formatDuration((then - now) / 1000)}`;
}

function starting({ id, registersBy }: WorkerFacts, now: number): Obstacle {
  const limit =
    registersBy === undefined ? '' : ` and has to register ${inTime(registersBy, now)} at the latest`;
  return {
    kind: 'starting',
    clause: `is starting${limit}`,
    ofAll: 'are starting',
    steps: [{ text: `Wait: ${id} takes jobs as soon as it has registered` }, logStep(id)],
  };
}

/** Its process runs and would take jobs, but a person has said otherwise. */
function held({ id, paused, frozenSince, stalled }: WorkerFacts, now: number): Obstacle | undefined {
  if (frozenSince !== undefined) {
    const since = formatDuration((now - frozenSince) / 1000);
    return {
      kind: 'frozen',
      clause: `has been frozen for ${since}`,
      ofAll: 'are frozen',
      steps: [continueStep(id)],
    };
  }
  if (stalled && !paused) {
    return {
      kind: SILENT,
      clause: 'is not heard any more, and is given no job before it is',
      ofAll: 'are not heard any more',
      steps: [explainWorkerStep(id)],
    };
  }
  if (!paused) return undefined;
  const step: NextStep = {
    text: `Let ${id} take jobs again`,
    cli: `nightcrew resume ${id}`,
    command: { name: 'resumeWorker', on: { worker: id } },
  };
  return { kind: 'paused', clause: 'is paused', ofAll: 'are paused', steps: [step] };
}

function ending({ id, phase, job, forcedAt, endingReason }: WorkerFacts, now: number): Obstacle {
  const words = { draining: 'is draining', stopping: 'is stopping', aborting: 'is being aborted' };
  const what = words[phase as keyof typeof words];
  const why = endingReason === undefined ? '' : ` (${clause(endingReason)})`;
  const rest = job && phase === 'draining' ? `: it finishes job ${job.id} and takes no more` : '';
  const limit = forcedAt === undefined ? '' : `; it is ended by force ${inTime(forcedAt, now)}`;
  const step = restartStep(id, `Have ${id} started again instead of ending for good`);
  return {
    kind: phase,
    clause: `${what}${why}${rest}${limit}`,
    ofAll: what.replace('is', 'are'),
    steps: phase === 'aborting' ? [{ text: `Wait until ${id} has ended, then start it again` }] : [step],
  };
}

function restarting({ id, endingReason, forcedAt }: WorkerFacts, now: number): Obstacle {
  const why = endingReason === undefined ? '' : ` (${clause(endingReason)})`;
  const limit = forcedAt === undefined ? '' : `; it is ended by force ${inTime(forcedAt, now)}`;
  return {
    kind: 'restarting',
    clause: `is being started again${why}${limit}`,
    ofAll: 'are being started again',
    steps: [{ text: `Wait: ${id} takes jobs again once it has registered` }],
  };
}

function ended(worker: WorkerFacts, facts: ObstacleFacts): Obstacle {
  if (worker.isRelaunching) return restarting(worker, facts.now);
  if (worker.refusal) return noRoom(worker, worker.refusal, facts.neverFits);
  if (worker.state === 'FAILED') return failed(worker, facts);
  const { id, launch, reason } = worker;
  return {
    kind: launch === 0 ? 'unstarted' : 'ended',
    clause: launch === 0 ? 'was never started' : `has ended (${clause(reason)})`,
    ofAll: launch === 0 ? 'were never started' : 'have ended',
    steps: [
      ...(facts.wanted ? [] : [upStep(worker.pool)]),
      restartStep(id, launch === 0 ? `Start ${id}` : undefined),
    ],
  };
}

function noRoom(
  { id, pool, waitsForRoom }: WorkerFacts,
  { reasons, nextStep }: NonNullable<WorkerFacts['refusal']>,
  neverFits: readonly string[],
): Obstacle {
  const why = clause(reasons.join('; '));
  const isNever = neverFits.length > 0;
  const what = waitsForRoom ? 'waits for room' : 'was not started for lack of room';
  return {
    kind: 'room',
    clause: isNever ? `does not fit this machine: it ${neverFits.join('; ')}` : `${what}: it ${why}`,
    steps: [
      crewFileStep(isNever ? `Ask for less in pool ${pool} of nightcrew.yaml` : nextStep),
      {
        text: `Start ${id} ${ALL_THE_SAME}`,
        cli: `nightcrew restart ${id} --force`,
        command: { name: 'restartWorker', on: { worker: id } },
      },
    ],
  };
}

function failed(worker: WorkerFacts, { now, wanted, autoRestart, ramp }: ObstacleFacts): Obstacle {
  const { id, reason, restartDue, hasGivenUp, autoRestarts } = worker;
  const why = `failed (${clause(reason)})`;
  const mended = restartStep(id, `Start ${id} again when the cause is gone`);
  if (restartDue !== undefined && hasGivenUp) {
    const left = formatDuration((restartDue - now) / 1000);
    return {
      kind: 'given up',
      clause: `${why} and is left alone for another ${left}: it was started again ${autoRestarts} times within an hour`,
      steps: [logStep(id), mended],
    };
  }
  if (restartDue !== undefined) {
    return {
      kind: 'restart due',
      clause: `${why} and is started again ${inTime(restartDue, now)}`,
      steps: [
        { text: `Wait: ${id} is started again by itself ${inTime(restartDue, now)}` },
        logStep(id),
        restartStep(id, `Start ${id} again at once`),
      ],
    };
  }
  const rule = !wanted
    ? ' because the crew is not to work'
    : !autoRestart.includes('failed')
      ? ' because `autoRestart` of its pool does not name `failed`'
      : ramp
        ? `; the ramp holds its pool at ${quantity(ramp.workers, 'worker')} for now`
        : '';
  return {
    kind: 'failed',
    clause: `${why} and is not started again by itself${rule}`,
    steps: [logStep(id), wanted ? mended : upStep(worker.pool)],
  };
}
