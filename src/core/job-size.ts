/**
 * About how many bytes a job takes, in memory and in the message that brings it to a worker: its parameters and its checkpoint,
 * of which each may have megabytes. Counted without writing it out, since that would cost as much as to send it.
 */
import type { PendingJob } from './job.ts';

/** What a number, a name's quotes or a bracket takes. */
const OF_EACH_VALUE = 8;

export function jobSize({ parameters, checkpoint }: Pick<PendingJob, 'parameters' | 'checkpoint'>): number {
  let size = 0;
  // A list and not a recursion: values may be nested deeply.
  const left: unknown[] = [parameters, checkpoint];
  while (left.length > 0) {
    const value = left.pop();
    size += OF_EACH_VALUE;
    if (typeof value === 'string') size += value.length;
    else if (Array.isArray(value)) for (const item of value) left.push(item);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, part] of Object.entries(value)) {
        size += name.length;
        left.push(part);
      }
    }
  }
  return size;
}
