/** An error in one piece of text. */
import type { JobError } from './job.ts';

const LONGEST_MESSAGE = 200;

/** `ValueError: no such site`; the type is left out where the message has it, as in `Its worker ended (SIGKILL).` */
export function errorText({ type = '', message }: JobError): string {
  const isSaid = type === '' || message.startsWith(type) || message.includes(`(${type})`);
  return isSaid ? message : `${type}: ${message}`;
}

/** The same in one line that is not too long for a sentence. */
export function shortErrorText({ type, message }: JobError): string {
  return errorText({ ...(type === undefined ? {} : { type }), message: shorten(message) });
}

export function shorten(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length <= LONGEST_MESSAGE ? line : `${line.slice(0, LONGEST_MESSAGE - 1)}…`;
}
