/** The health check: each worker is looked at now, by facts that it cannot fake and one question it must answer. */
import type { HealthCheck, HealthReport } from '../control/api.ts';
import { formatByteSize } from '../core/byte-size.ts';
import type { Clock } from '../core/clock.ts';
import { formatDuration } from '../core/duration.ts';
import { isLive } from '../core/worker-state.ts';
import { isAlive } from '../keeper/process-identity.ts';
import { Method } from '../protocol/generated/messages.ts';
import type { Monitor } from './monitor.ts';
import type { PoolRegister } from './pool-register.ts';
import type { Worker } from './worker.ts';
import type { WorkerMessages } from './worker-messages.ts';

/** What a worker gets to answer a ping; its communicating thread is idle even while it computes. Milliseconds. */
const PING_PATIENCE = 5_000;
/** C3: a worker is unhealthy when this share of its jobs fails; judged from a handful of jobs on. */
const ERROR_RATE = 0.1;
const ERROR_RATE_JOBS = 10;
/** A beat may be late by as much as one interval. */
const LATE_BEATS = 2;

interface Parts {
  messages: WorkerMessages;
  monitor: Monitor;
  pools: PoolRegister;
  clock: Clock;
}

export async function checkHealth(workers: readonly Worker[], parts: Parts): Promise<HealthReport> {
  await parts.monitor.sample();
  const reports = await Promise.all(
    workers.map(async (worker) => {
      const checks = await checkWorker(worker, parts);
      return { worker: worker.id, healthy: checks.every((check) => check.ok), checks };
    }),
  );
  return {
    at: parts.clock.now(),
    healthy: reports.filter((report) => report.healthy).length,
    total: reports.length,
    workers: reports,
  };
}

async function checkWorker(worker: Worker, parts: Parts): Promise<HealthCheck[]> {
  const alive = await checkProcess(worker);
  if (!alive.ok || worker.state === 'STARTING') return [alive];
  return [
    alive,
    checkHeartbeat(worker, parts),
    await checkResponse(worker, parts),
    checkErrors(worker),
    checkMemory(worker, parts),
  ];
}

async function checkProcess(worker: Worker): Promise<HealthCheck> {
  const check = (ok: boolean, message: string): HealthCheck => ({ name: 'process', ok, message });
  if (!isLive(worker.state)) return check(false, `${worker.state}: ${worker.reason}`);
  if (!worker.process) return check(false, 'is being started');
  if (!(await isAlive(worker.process))) return check(false, `process ${worker.process.pid} is gone`);
  if (worker.state === 'STARTING')
    return check(false, `process ${worker.process.pid} has not registered yet`);
  return check(true, `process ${worker.process.pid} lives`);
}

function checkHeartbeat(worker: Worker, { clock, pools }: Parts): HealthCheck {
  const interval = pools.settings(worker.pool)?.heartbeat ?? 30;
  const age = (clock.monotonic() - (worker.heartbeatMonotonic ?? -Infinity)) / 1000;
  const message = Number.isFinite(age)
    ? `last heartbeat ${formatDuration(age)} ago, one every ${formatDuration(interval)}`
    : 'no heartbeat yet';
  return { name: 'heartbeat', ok: age <= LATE_BEATS * interval, message };
}

async function checkResponse(worker: Worker, { messages, clock }: Parts): Promise<HealthCheck> {
  const asked = clock.monotonic();
  const ok = await messages.ask(worker, Method.workerPing, PING_PATIENCE);
  const took = Math.round(clock.monotonic() - asked);
  return {
    name: 'response',
    ok,
    message: ok ? `answered in ${took} ms` : `no answer in ${PING_PATIENCE / 1000} s`,
  };
}

function checkErrors(worker: Worker): HealthCheck {
  const ended = worker.jobsDone + worker.jobsFailed;
  const rate = ended === 0 ? 0 : worker.jobsFailed / ended;
  const ok = ended < ERROR_RATE_JOBS || rate < ERROR_RATE;
  return {
    name: 'errors',
    ok,
    message: `${worker.jobsFailed} of ${ended} jobs failed (limit ${ERROR_RATE * 100} %)`,
  };
}

function checkMemory(worker: Worker, { pools }: Parts): HealthCheck {
  const limit = pools.settings(worker.pool)?.memory;
  const used = worker.memory ?? 0;
  const of = limit === undefined ? '; its pool states no limit' : ` of ${formatByteSize(limit)}`;
  return {
    name: 'memory',
    ok: limit === undefined || used <= limit,
    message: `uses ${formatByteSize(used)}${of}`,
  };
}
