/** Where a job stands in the order of its lane: higher priority first, then lower id. */
import type { JobId } from './job.ts';

export interface LanePosition {
  priority: number;
  id: JobId;
}

/** Everything lies behind it. */
export const BEFORE_ALL: LanePosition = { priority: Infinity, id: 0 };

/** Negative when `a` is to run before `b`. */
export function compareLanePositions(a: LanePosition, b: LanePosition): number {
  return b.priority - a.priority || a.id - b.id;
}

/** Only the position, of a job that may go or change. */
export function positionOf({ priority, id }: LanePosition): LanePosition {
  return { priority, id };
}
