/**
 * The health check: looks at each worker now, by facts that it cannot fake and one question it must answer, and then judges it as
 * it is always judged. What was found out is a fact like the others: the status bar follows it.
 */
import type { HealthReport } from '../control/health-report.ts';
import type { Clock } from '../core/clock.ts';
import { isHealthy } from '../core/health-checks.ts';
import { isAlive } from '../keeper/process-identity.ts';
import { Method } from '../protocol/generated/messages.ts';
import type { Changes } from './changes.ts';
import type { HealthJudge } from './health-judge.ts';
import type { Monitor } from './monitor.ts';
import type { Worker } from './worker.ts';
import type { WorkerMessages } from './worker-messages.ts';

/** What a worker gets to answer a ping; its communicating thread is idle even while it computes. Milliseconds. */
const PING_PATIENCE = 5_000;

interface Parts {
  messages: WorkerMessages;
  monitor: Monitor;
  judge: HealthJudge;
  changes: Changes;
  clock: Clock;
}

export async function checkHealth(workers: readonly Worker[], parts: Parts): Promise<HealthReport> {
  await Promise.all([parts.monitor.sample(), ...workers.map((worker) => examine(worker, parts))]);
  const reports = workers.map((worker) => {
    const checks = parts.judge.check(worker);
    return { worker: worker.id, healthy: isHealthy(checks), checks };
  });
  return {
    at: parts.clock.now(),
    healthy: reports.filter((report) => report.healthy).length,
    total: reports.length,
    workers: reports,
  };
}

async function examine(worker: Worker, parts: Parts): Promise<void> {
  const { launch, process } = worker;
  if (!process) return;
  if (!(await isAlive(process))) {
    if (worker.launch === launch) worker.health.isGone = true;
    parts.changes.worker(worker.id);
  } else if (worker.profile && !worker.frozen) await ping(worker, parts);
}

/** Asks the worker something that takes it no time. */
export async function ping(
  worker: Worker,
  { messages, changes, clock }: Pick<Parts, 'messages' | 'changes' | 'clock'>,
): Promise<void> {
  const asked = clock.monotonic();
  const { health } = worker;
  const answered = await messages.ask(worker, Method.workerPing, PING_PATIENCE);
  health.response = { answered, took: clock.monotonic() - asked, asked };
  changes.worker(worker.id);
}
