/** `add` and `up`: more workers, or all that the crew file asks for. */
import type { ControlRequests } from '../../control/api.ts';
import { badInput } from '../enqueue.ts';
import { unknownPool } from '../select.ts';
import { fillPool, launchOne, startWanted } from '../start-wanted.ts';
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
    const launching = launchOne(worker, pool, { reason: 'added', force }, context);
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
      const wanted = context.care.ramps.asWanted(pool);
      const { live, toLaunch } = fillPool(wanted, context);
      kept.push(...live.map((worker) => worker.id));
      return Promise.all(
        toLaunch.map((worker) =>
          startWanted(worker, wanted, { reason: 'started with the crew', force }, context),
        ),
      );
    }),
  );
  return { started: started.flat(), kept };
}
