/** `add` and `up`: more workers, or all that the crew file asks for. */
import type { ControlRequests } from '../../control/api.ts';
import type { WorkerOutcome } from '../../control/selection.ts';
import type { AdmissionRefusal } from '../../core/admission.ts';
import type { PoolSettings } from '../../core/pool.ts';
import { strengthOf } from '../../core/pool-strength.ts';
import { badInput } from '../enqueue.ts';
import { unknownPool } from '../select.ts';
import type { Worker } from '../worker.ts';
import type { OperationContext } from './context.ts';

/** One request starts at most as many; more is a slip of the finger, and two requests are quickly sent. */
const MOST_AT_ONCE = 200;

export async function add(
  { pool: name, count, labels = {}, settings, force = false }: ControlRequests['add']['parameters'],
  context: OperationContext,
): Promise<ControlRequests['add']['result']> {
  context.settings.take(settings);
  context.declarePools();
  const pool = context.pools.settings(name);
  if (!pool) throw unknownPool(name, context.pools);
  if (!Number.isSafeInteger(count) || count < 1 || count > MOST_AT_ONCE) {
    throw badInput(`Cannot add ${count} workers.`, `Give a whole number from 1 to ${MOST_AT_ONCE}.`);
  }
  await context.admission.refresh();
  context.want(true);
  const outcomes = Array.from({ length: count }, async () => {
    const worker = context.roster.add(name, labels);
    const launching = launchOne(worker, pool, 'added', force, context);
    // Who asked knows it, and may ask again; nothing of it stays but the record of the refusal.
    if (worker.refusal) context.roster.remove(worker);
    return launching;
  });
  return { outcomes: await Promise.all(outcomes) };
}

export async function up(
  { pools: names, settings, force = false }: ControlRequests['up']['parameters'],
  context: OperationContext,
): Promise<ControlRequests['up']['result']> {
  context.settings.take(settings);
  context.declarePools();
  const inFile = context.crewFile.require().pools;
  for (const name of names ?? []) {
    if (!inFile.some((pool) => pool.name === name)) throw unknownPool(name, context.pools);
  }
  await context.admission.refresh();
  context.want(true);
  const chosen = inFile.filter((pool) => names === undefined || names.includes(pool.name));
  const kept: string[] = [];
  const started = await Promise.all(
    chosen.map((pool) => {
      const { live, toLaunch } = fillPool(pool, context);
      kept.push(...live.map((worker) => worker.id));
      return Promise.all(toLaunch.map((worker) => startWanted(worker, pool, force, context)));
    }),
  );
  return { started: started.flat(), kept };
}

/** One that there is no room for is started when there is. */
async function startWanted(
  worker: Worker,
  pool: PoolSettings,
  force: boolean,
  context: OperationContext,
): Promise<WorkerOutcome> {
  const reason = 'started with the crew';
  const launching = launchOne(worker, pool, reason, force, context);
  if (!worker.refusal) return launching;
  context.waiting.hold(worker, reason, worker.refusal);
  const outcome = await launching;
  return { ...outcome, message: `waits for room: ${outcome.message}` };
}

/** The workers that a pool lacks, made where there is none to be started again. */
function fillPool(pool: PoolSettings, { roster }: OperationContext): { live: Worker[]; toLaunch: Worker[] } {
  const { live, ended, missing } = strengthOf(pool, roster.ofPool(pool.name));
  return { live, toLaunch: [...ended, ...missing.map((labels) => roster.add(pool.name, labels))] };
}

async function launchOne(
  worker: Worker,
  pool: PoolSettings,
  reason: string,
  force: boolean,
  context: OperationContext,
): Promise<WorkerOutcome> {
  const { started, refusal } = await context.launcher.launch(worker, pool, reason, force);
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
