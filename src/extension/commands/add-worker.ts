import type { PoolView } from '../../control/crew-state.ts';
import type { WorkerOutcome } from '../../control/selection.ts';
import { crewOf } from '../link-state.ts';
import { askText } from '../questions/ask-text.ts';
import { Refusal } from '../refusal.ts';
import type { WorkersNode } from '../workers-view/workers-tree.ts';
import { choosePool, livingWorkers } from './choose-pool.ts';
import type { CommandContext } from './command-context.ts';
import { offerStartAnyway, splitRefused } from './start-anyway.ts';
import { tellOutcomes } from './tell-outcomes.ts';
import { withProgress } from './with-progress.ts';

/** More than a person means by "add"; the supervisor has its own limits. */
const MOST_AT_ONCE = 1000;

/** Adds workers to a pool: the one it is called on, or one that a person picks. */
export async function addWorker(context: CommandContext, target?: WorkersNode | string): Promise<void> {
  const client = await context.link.ensure();
  const crew = crewOf(context.link.state);
  if (!crew) return;
  const name = typeof target === 'string' ? target : target?.pool;
  const pool =
    name === undefined
      ? await choosePool(crew, 'Add Worker')
      : crew.pools.find((candidate) => candidate.name === name);
  if (!pool) {
    if (name === undefined) return;
    throw new Refusal(`The pool ${name} is no longer in the crew file.`);
  }
  const count = await askCount(pool, livingWorkers(crew, pool.name));
  if (count === undefined) return;
  const add = (count: number, force: boolean): Promise<{ outcomes: WorkerOutcome[] }> =>
    withProgress(() => client.request('add', { pool: pool.name, count, ...(force ? { force } : {}) }));
  const { outcomes } = await add(count, false);
  const { refused, others } = splitRefused(outcomes);
  if (others.length > 0) tellOutcomes(context, 'added', others);
  if (await offerStartAnyway(refused))
    tellOutcomes(context, 'added', (await add(refused.length, true)).outcomes);
}

async function askCount(pool: PoolView, alive: number): Promise<number | undefined> {
  const text = await askText({
    title: `Add Worker to ${pool.name}`,
    prompt: `How many? ${alive} of the ${pool.wanted} that the crew file asks for are there.`,
    value: String(Math.max(1, pool.wanted - alive)),
    validate: (value) =>
      readCount(value) === undefined ? `Enter a whole number from 1 to ${MOST_AT_ONCE}.` : undefined,
  });
  return text === undefined ? undefined : readCount(text);
}

function readCount(text: string): number | undefined {
  const count = Number(text.trim());
  return Number.isInteger(count) && count >= 1 && count <= MOST_AT_ONCE ? count : undefined;
}
