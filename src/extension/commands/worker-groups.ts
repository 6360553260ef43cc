/** What may be picked at once when a command is called on no worker: all, a pool, those with a label, or single ones. */
import type { WorkerView } from '../../control/crew-state.ts';

export interface WorkerGroup {
  /** Under which heading it stands. */
  heading: string;
  icon: string;
  label: string;
  workers: WorkerView[];
}

/** Those of more than one worker; a group that is the same as another would only be in the way. */
export function groupsOf(workers: readonly WorkerView[]): WorkerGroup[] {
  const pools = groupBy(workers, (worker) => [worker.pool]);
  const labels = groupBy(workers, (worker) =>
    Object.entries(worker.labels).map(([name, value]) => `${name}: ${value}`),
  );
  const groups = [
    ...(pools.size > 1 ? [group('Crew', 'organization', 'All workers', workers)] : []),
    ...[...pools].map(([pool, members]) => group(pool, 'server-process', `All of ${pool}`, members)),
    ...[...labels]
      .sort(([one], [other]) => one.localeCompare(other, 'en', { numeric: true }))
      .map(([label, members]) => group('Labels', 'tag', label, members)),
  ];
  return groups.filter(({ workers: members }) => members.length > 1);
}

function group(heading: string, icon: string, label: string, workers: readonly WorkerView[]): WorkerGroup {
  return { heading, icon, label, workers: [...workers] };
}

function groupBy(
  workers: readonly WorkerView[],
  keysOf: (worker: WorkerView) => string[],
): Map<string, WorkerView[]> {
  const groups = new Map<string, WorkerView[]>();
  for (const worker of workers) {
    for (const key of keysOf(worker)) groups.set(key, [...(groups.get(key) ?? []), worker]);
  }
  return groups;
}
