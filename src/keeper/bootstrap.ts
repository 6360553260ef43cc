/**
 * How a keeper is told what it is for: one line of JSON on its stdin, never in argv, where every user of the machine could
 * read the token. It answers with one line on stdout and says nothing there afterwards.
 */
import type { ProcessIdentity } from '../core/worker.ts';
import type { RestartCommand } from './supervisor-restart.ts';

export interface KeeperBootstrap {
  /** Mode 0700; socket, record and token are kept there. */
  runtimeFolder: string;
  token: string;
  /** The workspace's folder; for the log and the record. */
  workspace: string;
  restart: RestartCommand;
  /** Bytes that all workers together may have waiting; see `MemoryBudget`. */
  waitingBytes?: number;
}

export type KeeperReadiness =
  | { ready: true; identity: ProcessIdentity; socket: string }
  | { ready: false; error: { code: string; message: string } };
