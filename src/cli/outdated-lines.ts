/** Workers that the crew file has changed for since they were started, below the table of workers. */
import type { WorkerView } from '../control/crew-state.ts';
import type { Colors } from './terminal.ts';

/** Workers of one pool that are named one by one. */
const MOST_NAMED = 3;

export function outdatedLines(workers: readonly WorkerView[], colors: Colors): string[] {
  const outdated = workers.filter((worker) => worker.outdated !== undefined);
  const groups = Map.groupBy(outdated, ({ pool, outdated }) => `${pool}\n${outdated}`);
  return [...groups.values()].flatMap((group) => {
    const { pool, outdated: settings } = group[0]!;
    const ids = group.map(({ id }) => id);
    const [who, which] =
      ids.length <= MOST_NAMED
        ? [ids.join(', '), ids.join(' ')]
        : [`${ids.length} workers of ${pool}`, `--pool ${pool}`];
    return [
      colors.yellow(`${who}: ${settings} changed in the crew file since the start.`),
      `  next: nightcrew restart ${which}`,
    ];
  });
}
