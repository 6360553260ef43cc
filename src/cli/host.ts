/** What the command line interface takes from its surroundings. */
import type { ControlClient } from '../control/client-contract.ts';
import type { Clock } from '../core/clock.ts';
import type { Terminal } from './terminal.ts';

export type InterruptSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export interface Host {
  terminal: Terminal;
  /** Its timers keep the process alive: a command that waits for the next look at a log is not done. */
  clock: Clock;
  /** Absolute path of the folder the command was given in. */
  folder: string;
  version: string;
  /** Undefined: no supervisor lives. */
  connect(workspace: string): Promise<ControlClient | undefined>;
  /** `withoutWorkers`: a supervisor that is started leaves alone the workers that an earlier one had. */
  connectOrStart(workspace: string, withoutWorkers: boolean): Promise<ControlClient>;
  /** Calls `listener` instead of ending the process; the returned function ends that. */
  onSignal(signal: InterruptSignal, listener: () => void): () => void;
}
