import type { BatchEnqueued } from '../../src/core/events.ts';

/** A batch of two jobs, unless it is told otherwise. */
export function batchEvent(changes: Partial<BatchEnqueued> = {}): BatchEnqueued {
  return {
    type: 'batch.enqueued',
    batch: 1,
    name: 'b',
    pool: 'p',
    task: 'run',
    priority: 0,
    maxAttempts: 3,
    timeout: 60,
    match: [],
    firstJob: 1,
    count: 2,
    source: { rows: [{ seed: 1 }, { seed: 2 }] },
    ...changes,
  };
}
