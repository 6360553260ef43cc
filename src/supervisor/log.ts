/**
 * The supervisor's own log: one line an entry. A disk that refuses costs lines of it and nothing else; how many, it says itself
 * once it can.
 */
import type { Clock } from '../core/clock.ts';

export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string, error?: unknown): void;
}

export function createLog(clock: Clock, write: (line: string) => void): Log {
  let lost = 0;
  const line = (level: string, message: string): void => {
    const time = new Date(clock.now()).toISOString();
    try {
      if (lost > 0) write(`${time} warn ${lost} lines of this log could not be written.\n`);
      lost = 0;
      write(`${time} ${level} ${message}\n`);
    } catch {
      lost++;
    }
  };
  return {
    info: (message) => line('info', message),
    warn: (message) => line('warn', message),
    error: (message, error) =>
      line(
        'error',
        error === undefined ? message : `${message} ${error instanceof Error ? error.stack : String(error)}`,
      ),
  };
}
