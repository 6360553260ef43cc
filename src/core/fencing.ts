/**
 * The fence: which messages about a job count. A worker may have been frozen, given up and started again, and then say what
 * it meant to say an hour ago. A message counts only if it comes from the launch that has the attempt, names that job and
 * that attempt, and the attempt has not ended. Everything else is refused and changes nothing. (Which launch speaks is
 * known from the keeper's handle of the process, not from anything that it says.)
 */
import type { AttemptRef, JobId } from './job.ts';

/** Why a message is refused. */
export type Refusal = 'no attempt at all' | 'a job it does not have' | 'another attempt';

/** What a message says it is about; whatever a worker may put there. */
export interface Spoken {
  job?: unknown;
  attempt?: unknown;
}

/** Which of the attempts that its launch has now a worker speaks about, or why what it says is refused. */
export function admit<Assignment extends { job: { id: JobId }; attempt: number }>(
  { job, attempt }: Spoken,
  assignments: readonly Assignment[],
): { about: Assignment } | { refused: Refusal } {
  if (!isCount(job) || !isCount(attempt)) return { refused: 'no attempt at all' };
  const about = assignments.find((given) => given.job.id === job);
  if (!about) return { refused: 'a job it does not have' };
  return about.attempt === attempt ? { about } : { refused: 'another attempt' };
}

/** The JSON-RPC id of an attempt: the answer to it names the attempt even to a successor of the supervisor that asked. */
export function attemptId({ job, attempt }: AttemptRef): string {
  return `${job}.${attempt}`;
}

/** The attempt that an id names; undefined when it names none. */
export function attemptOfId(id: unknown): AttemptRef | undefined {
  const parts = typeof id === 'string' ? /^([1-9]\d*)\.([1-9]\d*)$/.exec(id) : null;
  return parts ? { job: Number(parts[1]), attempt: Number(parts[2]) } : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
