/** What stands in columns, as the rest of the program has it. */
import type { JobCounts } from '../core/job-records.ts';
import type { Row, Value } from './database.ts';

/** What stands in a column of JSON text; undefined for one that is NULL. */
export function parsed<Content>(text: Value | undefined): Content | undefined {
  return typeof text === 'string' ? (JSON.parse(text) as Content) : undefined;
}

/** The columns that count a batch's jobs by their states. */
export function countsOf(row: Row): JobCounts {
  return {
    pending: row['pending'] as number,
    running: row['running'] as number,
    done: row['done'] as number,
    failed: row['failed'] as number,
    cancelled: row['cancelled'] as number,
  };
}
