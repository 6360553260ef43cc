/** Which ended batches go into an archive: the oldest ones, when there are too many jobs or they are too old. */
import type { BatchId } from './job.ts';

export interface RetentionSettings {
  /** Ended jobs that stay in the database. */
  jobs: number;
  /** Seconds that ended jobs stay; absent: for ever. */
  age?: number;
}

/** So many are shown, searched and counted at once without a pause; their database has about 100 MB. */
export const DEFAULT_KEPT_JOBS = 1_000_000;

export const DEFAULT_RETENTION: RetentionSettings = { jobs: DEFAULT_KEPT_JOBS };

/** Milliseconds. Who asked for a batch may ask for it again, who just saw it end looks at it. */
const YOUNGEST = 3_600_000;
/** Of what is kept: so much more goes with an archive, so that the next one is not due at once. */
const SPARE = 0.1;

export interface EndedBatch {
  id: BatchId;
  count: number;
  /** Milliseconds since 1970. */
  finishedAt: number;
}

/** A batch goes as a whole. Returns none while none has to go. */
export function dueForArchive(
  ended: readonly EndedBatch[],
  { jobs: kept, age }: RetentionSettings,
  now: number,
): EndedBatch[] {
  const oldestFirst = ended
    .filter(({ finishedAt }) => now - finishedAt >= YOUNGEST)
    .sort((left, right) => left.finishedAt - right.finishedAt || left.id - right.id);
  const total = ended.reduce((sum, { count }) => sum + count, 0);
  const oldest = oldestFirst[0];
  const tooMany = total > kept;
  const tooOld =
    age !== undefined && oldest !== undefined && now - oldest.finishedAt > age * 1000 * (1 + SPARE);
  if (!tooMany && !tooOld) return [];
  const due: EndedBatch[] = [];
  let left = total;
  for (const batch of oldestFirst) {
    const isOld = age !== undefined && now - batch.finishedAt > age * 1000;
    if (!isOld && !(tooMany && left > kept * (1 - SPARE))) break;
    due.push(batch);
    left -= batch.count;
  }
  return due;
}
