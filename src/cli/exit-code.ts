/** How `nightcrew` ends, for scripts. Documented in `nightcrew --help`. */
export const ExitCode = {
  ok: 0,
  /** A job failed, a worker is unhealthy or could not be started, or part of what was asked was not possible. */
  failed: 1,
  /** The command line, the crew file or a file of rows is wrong; nothing was done. */
  badInput: 2,
  /** No supervisor lives, or the connection to it was lost. */
  noSupervisor: 3,
  /** As shells count a signal: 128 + SIGHUP. The crew works on in the background, as with the next two. */
  hungUp: 129,
  /** 128 + SIGINT. */
  interrupted: 130,
  /** 128 + SIGTERM. */
  terminated: 143,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
