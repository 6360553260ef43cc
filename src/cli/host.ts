/** What the command line interface takes from its surroundings. */
import type { ConnectOptions, ControlClient } from '../control/client-contract.ts';
import type { HttpOptions, HttpProcess } from '../control/http-process.ts';
import type { GivenSetting } from '../core/settings.ts';
import type { Clock } from '../core/clock.ts';
import type { Terminal } from './terminal.ts';

export type InterruptSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** How a supervisor is started, if one must be; see `ConnectOptions`. */
export type StartOptions = Pick<ConnectOptions, 'withoutWorkers' | 'takeOver'>;

export interface Host {
  /** What the environment gives for settings. */
  settings?(): GivenSetting[];
  terminal: Terminal;
  /** Its timers keep the process alive: a command that waits for the next look at a log is not done. */
  clock: Clock;
  /** Absolute path of the folder the command was given in. */
  folder: string;
  version: string;
  /** Undefined: no supervisor lives. One that died is waited to be followed by another. */
  connect(workspace: string): Promise<ControlClient | undefined>;
  connectOrStart(workspace: string, how: StartOptions): Promise<ControlClient>;
  /** Starts the process of the HTTP face; `log` gets what it says of itself. */
  startHttp(options: Omit<HttpOptions, 'distribution'>, log: (line: string) => void): Promise<HttpProcess>;
  /** Calls `listener` instead of ending the process; the returned function ends that. */
  onSignal(signal: InterruptSignal, listener: () => void): () => void;
}
