/** What faces are shown, made from what the supervisor knows. */
import type { BatchRow } from '../core/job-records.ts';
import type { BatchView, MachineView, PoolView, RunningJob, WorkerView } from '../control/crew-state.ts';
import type { RampView } from '../control/ramp-view.ts';
import type { Clock } from '../core/clock.ts';
import type { PoolSettings } from '../core/pool.ts';
import { isLive } from '../core/worker-state.ts';
import { decideRestart } from '../core/restart-throttle.ts';
import { isElsewhere } from './elsewhere.ts';
import type { HealthJudge } from './health-judge.ts';
import { machineCores, machineMemory } from './machine.ts';
import { outdatedSettings } from './outdated.ts';
import type { PoolQueue } from './queue-counts.ts';
import type { Queue } from './queue.ts';
import { foretell } from './rate.ts';
import type { Roster } from './roster.ts';
import type { Assignment, Worker } from './worker.ts';

interface WorkerViewParts {
  pool: PoolSettings | undefined;
  queue: Queue;
  judge: HealthJudge;
  clock: Clock;
  logFile: string;
}

export function workerView(
  worker: Worker,
  { pool, queue, judge, clock, logFile }: WorkerViewParts,
): WorkerView {
  const { current } = worker;
  const outdated = outdatedSettings(worker, pool);
  const findings = judge.check(worker).filter(({ ok }) => !ok);
  return {
    id: worker.id,
    pool: worker.pool,
    state: worker.state,
    reason: worker.refusal ? `no room: ${worker.refusal.reasons.join('; ')}` : worker.reason,
    stateSince: worker.stateSince,
    paused: worker.paused,
    stalled: worker.stalled,
    frozen: worker.frozen !== undefined,
    frozenSince: worker.frozen?.since,
    stuck: worker.stuck,
    offline: worker.offline,
    healthy: findings.length === 0,
    findings,
    autoRestarts: decideRestart(worker.autoRestarts, clock.monotonic()).recent,
    restartDue: worker.restartDue,
    host: isElsewhere(worker) ? worker.profile?.host : undefined,
    labels: worker.labels,
    launch: worker.launch,
    pid: worker.process?.pid,
    launchedAt: worker.launchedAt,
    name: worker.profile?.name,
    language: worker.profile?.language,
    tasks: worker.profile?.tasks ?? [],
    heartbeatAt: worker.heartbeatAt,
    memory: worker.memory,
    cpu: worker.cpu,
    job: current && runningJob(current, queue),
    jobsDone: worker.jobsDone,
    jobsFailed: worker.jobsFailed,
    lastError: worker.lastError,
    ...(worker.refusal ? { refusal: worker.refusal } : {}),
    ...(worker.devices && isLive(worker.state) ? { devices: worker.devices } : {}),
    ...(outdated === undefined ? {} : { outdated }),
    logFile,
  };
}

function runningJob(assignment: Assignment, queue: Queue): RunningJob {
  const { job } = assignment;
  return {
    id: job.id,
    attempt: assignment.attempt,
    task: job.task,
    batchName: queue.batch(job.batch)?.name ?? '',
    parameters: job.parameters,
    startedAt: assignment.startedAt ?? 0,
    progress: assignment.progress,
  };
}

export function poolView(
  queue: PoolQueue,
  delayed: number,
  settings: PoolSettings | undefined,
  ramp?: RampView,
): PoolView {
  const { pending, running } = queue.counts;
  const { rate } = queue.ended;
  return {
    name: queue.name,
    command: settings?.command ?? [],
    protocol: settings?.protocol ?? 'worker',
    wanted: ramp?.workers ?? settings?.workers ?? 0,
    ...(ramp ? { ramp } : {}),
    counts: { ...queue.counts },
    perMinute: running === 0 ? 0 : rounded(rate.perMinute),
    ...(running === 0 ? {} : foretell(rate, pending + running)),
    ...(delayed > 0 ? { delayed } : {}),
  };
}

export function batchView(batch: BatchRow, queue: Queue): BatchView {
  const { pending, running } = batch.counts;
  // A copy: the state is written out later than it is taken, and must be of one moment.
  const view: BatchView = { ...batch, counts: { ...batch.counts } };
  const rate = running === 0 ? undefined : queue.rateOf(batch.id)?.rate;
  if (!rate) return view;
  return { ...view, perMinute: rounded(rate.perMinute), ...foretell(rate, pending + running) };
}

/** Three digits say all that a rate knows. */
function rounded(perMinute: number): number {
  return Number(perMinute.toPrecision(3));
}

export function machineView(roster: Roster, judge: HealthJudge): MachineView {
  const memory = machineMemory();
  const live = roster.live;
  return {
    memoryTotal: memory.total,
    memoryAvailable: memory.available,
    cores: machineCores(),
    crewMemory: live.reduce((sum, worker) => sum + (worker.memory ?? 0), 0),
    crewCpu: live.reduce((sum, worker) => sum + (worker.cpu ?? 0), 0),
    workers: [...roster.all].filter((worker) => worker.state !== 'DEAD').length,
    healthy: live.filter((worker) => judge.isHealthy(worker)).length,
  };
}
