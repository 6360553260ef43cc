import type { JobError } from '../../core/job.ts';

/** `ValueError: no sentences`: the kind of error once, also where the message begins with it already. */
export function formatJobError({ type, message }: JobError): string {
  return type === undefined || message.startsWith(type) ? message : `${type}: ${message}`;
}
