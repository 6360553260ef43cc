/** Messages of a worker that are larger than can be taken: what they were about, and what its person is told. */
import { attemptOfId, type Spoken } from '../core/fencing.ts';
import { Limit } from '../protocol/generated/messages.ts';

/** Bytes; what stands around a checkpoint in its message is less. */
const ENVELOPE = 1024;
/** How an answer to `job/run` begins when its id stands before its result; anywhere else an id may be a job's own data. */
const ANSWER_BEGINNING =
  /^\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*"([\d.]{1,40})"\s*,\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"(?:result|error)"/;

/** Why the message, if it brings a checkpoint, is not taken. */
export function checkpointProblem(bytes: number): string | undefined {
  return bytes > Limit.checkpoint + ENVELOPE
    ? describeTooLarge('A checkpoint', bytes, Limit.checkpoint)
    : undefined;
}

/** The attempt that a message of which only the beginning is left answers; nothing when it is no answer. */
export function answeredAttempt(beginning: string): Spoken {
  return attemptOfId(ANSWER_BEGINNING.exec(beginning)?.[1]) ?? {};
}

export function describeTooLarge(what: string, bytes: number, limit: number): string {
  return (
    `${what} of its worker had ${bytes.toLocaleString('en')} bytes; at most ${limit.toLocaleString('en')} are taken. ` +
    'Write large data to a file and pass its path.'
  );
}
