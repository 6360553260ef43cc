import type { CrewState } from '../../src/control/api.ts';
import { formatQuantity } from '../../src/extension/format/count.ts';

/**
 * What a screen reader is told without being asked: how the crew stands. Not how the queue moves, which changes four
 * times a second and would drown everything else.
 */
export function announcement(crew: CrewState): string {
  const { healthy, workers } = crew.machine;
  const failedWorkers = crew.workers.filter((worker) => worker.state === 'FAILED').length;
  const open = crew.pools.some(({ counts }) => counts.pending + counts.running > 0);
  return [
    `${healthy} of ${formatQuantity(workers, 'worker')} healthy`,
    ...(failedWorkers > 0 ? [`${formatQuantity(failedWorkers, 'worker')} failed`] : []),
    open ? 'jobs are running' : 'the queue is empty',
  ].join(', ');
}
