/** A ramp in words, the same in every face. */
import { formatDuration } from './duration.ts';
import { quantity } from './quantity.ts';
import { ROLLBACK_WORKERS, type RampState, type RampStep } from './ramp.ts';

/** Where a ramp stands. */
export interface RampStanding {
  /** `planned`: the crew file describes it, and nobody has started it yet. */
  state: RampState | 'planned';
  steps: RampStep[];
  /** From 0. */
  step: number;
  /** Seconds that the step has lived through. */
  soaked: number;
  reason: string;
  /** Why time does not count as soak at the moment, if it does not. */
  waits?: string;
}

export function rampText(ramp: RampStanding): string {
  const { state, steps, step, reason, waits } = ramp;
  switch (state) {
    case 'planned':
      return `planned: ${planText(steps)}`;
    case 'soaking':
      return `${stepText(ramp)}${waits === undefined ? '' : `; stands still: ${waits}`}`;
    case 'paused':
      return `paused at ${stepText(ramp)}`;
    case 'rolled-back':
      return `${rollbackText(steps[step]!.workers)}: ${reason}`;
    case 'completed':
      return `completed: ${reason}`;
    case 'abandoned':
      return `abandoned at ${stepText(ramp)}`;
  }
}

function rollbackText(workers: number): string {
  return workers === ROLLBACK_WORKERS
    ? `rolled back at ${quantity(workers, 'worker')}`
    : `rolled back from ${quantity(workers, 'worker')} to ${ROLLBACK_WORKERS}`;
}

/** `2 workers for 2 h, 3 for 4 h, 4 for 24 h`. */
export function planText(steps: readonly RampStep[]): string {
  return steps
    .map(
      ({ workers, soak }, index) =>
        `${index === 0 ? quantity(workers, 'worker') : workers} for ${formatDuration(soak)}`,
    )
    .join(', ');
}

/** `step 2 of 3: 3 workers, 1 h 20 min of 4 h`. */
export function stepText({ steps, step, soaked }: Pick<RampStanding, 'steps' | 'step' | 'soaked'>): string {
  const { workers, soak } = steps[step]!;
  return `step ${step + 1} of ${steps.length}: ${quantity(workers, 'worker')}, ${formatDuration(Math.min(soaked, soak))} of ${formatDuration(soak)}`;
}
