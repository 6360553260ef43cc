/** What a face holds: one connection to the supervisor of one workspace. */
import type { GivenSetting } from '../core/settings.ts';
import type { ControlNotifications, ControlRequests } from './api.ts';
import type { ServerInfo } from './crew-state.ts';

export interface ControlClient {
  readonly server: ServerInfo;
  /** Rejects with ControlError, or with `ConnectionClosed` (code 5003) when the supervisor is gone. */
  request<Method extends Exclude<keyof ControlRequests, 'connect'>>(
    method: Method,
    parameters: ControlRequests[Method]['parameters'],
  ): Promise<ControlRequests[Method]['result']>;
  /** Returns a function that ends the listening. */
  on<Name extends keyof ControlNotifications>(
    name: Name,
    listener: (parameters: ControlNotifications[Name]) => void,
  ): () => void;
  onClose(listener: () => void): () => void;
  close(): void;
}

export interface ConnectOptions {
  /** Absolute path of the workspace folder. */
  workspace: string;
  /** Who is asking, e.g. `vscode` or `cli`; shown in the supervisor's log. */
  client: string;
  /** Where the runtime folder is looked for, and what a supervisor is started with. Default: this process's own. */
  environment?: NodeJS.ProcessEnv;
  /** Folder with the built `supervisor.js`. */
  distribution: string;
  /** Node-compatible executable for the supervisor. Default: this process's own. */
  executable?: string;
  /**
   * Which living supervisor may be replaced by one of this version: any of an older product, only one too old to be spoken
   * to, or none. Default: `outdated`; whoever may start a supervisor replaces an `older` one.
   */
  replaces?: 'older' | 'outdated' | 'nothing';
  /** What the environment and the settings of who asks give for workers that are started. */
  settings?: () => GivenSetting[];
  /** Only look: a supervisor that has to be started leaves alone the workers that an earlier one had. */
  withoutWorkers?: boolean;
  /** A person has said that the other machine, which has this workspace's crew, is gone: its turn is taken over. */
  takeOver?: boolean;
}

/*
 * src/control/connect.ts exports
 *   connect(options): Promise<ControlClient | undefined>        undefined: no supervisor lives
 *   connectOrStart(options): Promise<ControlClient>             starts one and waits until it answers
 */
