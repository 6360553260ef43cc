/** The supervisor's own log: one line an entry, on standard error, which its starter pointed at a file. */
import type { Clock } from '../core/clock.ts';

export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string, error?: unknown): void;
}

export function createLog(clock: Clock, write: (line: string) => void): Log {
  const line = (level: string, message: string): void =>
    write(`${new Date(clock.now()).toISOString()} ${level} ${message}\n`);
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
