/** The questions a supervisor asks its keeper, and the answers. JSON on the wire, because they are rare. */
import type { ProcessIdentity } from '../core/worker.ts';
import type { Handle, KeptProcess, SpawnRequest } from './contract.ts';
import type { RestartCommand } from './supervisor-restart.ts';

export type WorkerSignal = 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGINT';

export interface HelloParameters {
  /** `WIRE_VERSION` of the client. */
  version: number;
  token: string;
  /** Made anew by each start of a supervisor; for the log. */
  serverId: string;
  identity: ProcessIdentity;
  /** Replaces the command the keeper was started with: after an upgrade the old one's files may be gone. */
  restart?: RestartCommand;
}

export interface KeeperRequests {
  /** Must be the first; everything else is refused before it. */
  hello: { parameters: HelloParameters; result: { pid: number; kept: KeptProcess[] } };
  spawn: { parameters: SpawnRequest; result: KeptProcess };
  closeInput: { parameters: { handle: Handle }; result: null };
  signal: { parameters: { handle: Handle; signal: WorkerSignal }; result: boolean };
  freeze: { parameters: { handle: Handle; frozen: boolean }; result: boolean };
  killTree: { parameters: { handle: Handle }; result: null };
  logTail: { parameters: { handle: Handle; characters: number }; result: string };
  forget: { parameters: { handle: Handle }; result: null };
  close: { parameters: { how: 'detach' | 'end' }; result: null };
}

export type RequestMethod = keyof KeeperRequests;

export interface WireRequest {
  method: RequestMethod;
  params: unknown;
}

export type WireResponse = { result: unknown } | { error: { code: string; message: string } };
