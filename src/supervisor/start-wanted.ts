/** Starts the workers that a pool lacks: those of `up`, and those of a ramp's next step. */
import type { WorkerOutcome } from '../control/selection.ts';
import type { AdmissionRefusal } from '../core/admission.ts';
import { strengthOf } from '../core/pool-strength.ts';
import type { PoolSettings } from '../core/pool.ts';
import type { Launcher } from './launcher.ts';
import type { Roster } from './roster.ts';
import type { WaitingWorkers } from './waiting-workers.ts';
import type { Worker } from './worker.ts';

export interface StartParts {
  roster: Roster;
  launcher: Pick<Launcher, 'launch'>;
  waiting: Pick<WaitingWorkers, 'hold'>;
}

/** The workers that a pool lacks, made where there is none to be started again. */
export function fillPool(
  pool: PoolSettings,
  { roster }: Pick<StartParts, 'roster'>,
): { live: Worker[]; toLaunch: Worker[] } {
  const { live, ended, missing } = strengthOf(pool, roster.ofPool(pool.name));
  return { live, toLaunch: [...ended, ...missing.map((labels) => roster.add(pool.name, labels))] };
}

/** One that there is no room for is started when there is. */
export async function startWanted(
  worker: Worker,
  pool: PoolSettings,
  { reason, force = false }: { reason: string; force?: boolean },
  parts: StartParts,
): Promise<WorkerOutcome> {
  const launching = launchOne(worker, pool, { reason, force }, parts);
  if (!worker.refusal) return launching;
  parts.waiting.hold(worker, reason, worker.refusal);
  const outcome = await launching;
  return { ...outcome, message: `waits for room: ${outcome.message}` };
}

export async function launchOne(
  worker: Worker,
  pool: PoolSettings,
  { reason, force }: { reason: string; force: boolean },
  { launcher }: Pick<StartParts, 'launcher'>,
): Promise<WorkerOutcome> {
  const { started, refusal } = await launcher.launch(worker, pool, reason, force);
  const ok = started && worker.state !== 'FAILED';
  const failed = started ? worker.reason : refusalText(refusal);
  const forced = refusal ? `, although it ${refusalText(refusal)}` : '';
  return {
    worker: worker.id,
    ok,
    message: ok ? `${startedAs(worker)}${forced}` : failed,
    ...(refusal ? { refusal } : {}),
  };
}

export function refusalText(refusal: AdmissionRefusal | undefined): string {
  return refusal?.reasons.join('; ') ?? '';
}

/** Without a keeper there is no process yet: whoever takes over the next one completes the launch. */
export function startedAs({ process }: Worker): string {
  return process ? `started as process ${process.pid}` : 'starts as soon as there is a keeper again';
}
