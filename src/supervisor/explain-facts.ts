/** What the supervisor knows of its crew, a pool and its workers, put before the rules of `core/explain-*.ts`. */
import type { CrewFacts, PoolFacts, WorkerFacts } from '../core/explain-facts.ts';
import { DEFAULT_AUTO_RESTART } from '../core/pool.ts';
import { decideRestart } from '../core/restart-throttle.ts';
import { phaseOf } from '../core/worker-commands.ts';
import { isLive } from '../core/worker-state.ts';
import { isElsewhere } from './elsewhere.ts';
import { outdatedSettings } from './outdated.ts';
import type { OperationContext } from './operations/context.ts';
import type { Assignment, Worker } from './worker.ts';

export function crewFacts(context: OperationContext): CrewFacts {
  const { clock, crewFile, wanted } = context;
  const { file, problems } = crewFile.report();
  const [problem] = problems;
  return {
    now: clock.now(),
    wanted: wanted(),
    troubles: context.state().troubles,
    ...(problem
      ? { crewFileProblem: { message: problem.message, place: `${file}:${problem.line}:${problem.column}` } }
      : {}),
  };
}

/** Undefined: neither the crew file nor the register of earlier days has it. */
export function poolFacts(name: string, context: OperationContext): PoolFacts | undefined {
  const { pools, roster, queue, crewFile, admission } = context;
  const inFile = crewFile.read()?.pools.find((pool) => pool.name === name);
  const settings = inFile ?? pools.settings(name);
  if (!settings) return undefined;
  const { counts, ended } = queue.pool(name);
  const ramp = context.care.ramps.view(name);
  return {
    name,
    ...(inFile ? { asked: inFile.workers } : {}),
    neverFits: admission.neverFits(settings),
    autoRestart: settings.autoRestart ?? DEFAULT_AUTO_RESTART,
    workers: roster.ofPool(name).map((worker) => workerFacts(worker, context)),
    ...(ramp?.workers === undefined ? {} : { ramp: { workers: ramp.workers, text: ramp.text } }),
    perMinute: counts.running === 0 ? 0 : Number(ended.rate.perMinute.toPrecision(2)),
    delayed: queue.retries.count(name),
  };
}

export function workerFacts(worker: Worker, context: OperationContext): WorkerFacts {
  const { clock, judge, waiting, cleanup, isRelaunching, pools } = context;
  const { current, ending, refusal, startupDeadline } = worker;
  /** A time on the clock that never goes back, on the wall clock. */
  const wall = (monotonic: number): number => clock.now() + monotonic - clock.monotonic();
  const outdated = outdatedSettings(worker, pools.settings(worker.pool));
  const removedBy = cleanup.dueAt(worker);
  return {
    id: worker.id,
    pool: worker.pool,
    labels: worker.labels,
    state: worker.state,
    phase: phaseOf(worker.state, ending),
    reason: worker.reason,
    since: worker.stateSince,
    launch: worker.launch,
    paused: worker.paused,
    ...(worker.frozen ? { frozenSince: worker.frozen.since } : {}),
    ...(worker.heartbeatMonotonic === undefined ? {} : { heardAt: wall(worker.heartbeatMonotonic) }),
    stalled: worker.stalled,
    offline: worker.offline,
    ...(isElsewhere(worker) && worker.profile?.host ? { host: worker.profile.host } : {}),
    ...(worker.stuck === undefined ? {} : { stuck: worker.stuck }),
    ...(current ? { job: runningJobFacts(current, clock.now()) } : {}),
    ahead: worker.assignments.slice(1).map(({ job }) => job.id),
    jobsDone: worker.jobsDone,
    jobsFailed: worker.jobsFailed,
    findings: isLive(worker.state)
      ? judge.check(worker).flatMap(({ ok, message }) => (ok ? [] : [message]))
      : [],
    ...(outdated === undefined ? {} : { outdated }),
    ...(refusal ? { refusal: { reasons: refusal.reasons, nextStep: refusal.nextStep } } : {}),
    waitsForRoom: waiting.has(worker),
    isRelaunching: isRelaunching(worker),
    ...(worker.restartDue === undefined ? {} : { restartDue: worker.restartDue }),
    autoRestarts: decideRestart(worker.autoRestarts, clock.monotonic()).recent,
    hasGivenUp: worker.hasGivenUp,
    ...(worker.state === 'STARTING' && startupDeadline !== undefined
      ? { registersBy: wall(startupDeadline) }
      : {}),
    ...(ending?.forceAt === undefined ? {} : { forcedAt: wall(ending.forceAt) }),
    ...(ending ? { endingReason: ending.reason } : {}),
    ...(removedBy === undefined ? {} : { removedBy }),
  };
}

function runningJobFacts(
  { job, attempt, startedAt, progress, interrupted }: Assignment,
  now: number,
): NonNullable<WorkerFacts['job']> {
  return {
    id: job.id,
    attempt,
    startedAt: startedAt ?? now,
    ...(progress?.fraction === undefined ? {} : { fraction: progress.fraction }),
    ...(progress?.message === undefined ? {} : { message: progress.message }),
    ...(interrupted ? { interrupted: interrupted.outcome } : {}),
  };
}
