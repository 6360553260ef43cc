/**
 * What passes between supervisor and keeper. The keeper is the hands: it spawns workers, holds their stdio, frames
 * their stdout, rotates their logs, reaps their exit codes and keeps every message of a worker until the
 * supervisor has acknowledged it. It knows nothing of jobs.
 */
import type { ProcessIdentity, WorkerId } from '../core/worker.ts';
import type { FrameAge } from './delivery-times.ts';

/** Number the keeper gave one started process; unique for the keeper's life. */
export type Handle = number;

/**
 * Environment variables by which a worker's whole tree is found, for they are inherited by whatever it starts. The keeper
 * sets the first; it makes up the second, random for each launch, when the request brings none.
 */
export const WORKER_ID_VARIABLE = 'NIGHTCREW_WORKER_ID';
export const LAUNCH_MARKER_VARIABLE = 'NIGHTCREW_LAUNCH_MARKER';
/** In a keeper's own environment: whose workers it holds. */
export const KEEPER_MARKER_VARIABLE = 'NIGHTCREW_KEEPER_MARKER';

export interface SpawnRequest {
  worker: WorkerId;
  launch: number;
  /** Argument list; never a shell. The first entry is looked up on PATH of `env`, relative ones from `cwd`. */
  command: string[];
  cwd: string;
  /** The whole environment of the worker, token and marker included. */
  env: Record<string, string>;
  /** Absolute path of its log; stderr and stray stdout go there. */
  logFile: string;
}

/** One process the keeper holds, or held and still has the exit of. */
export interface KeptProcess {
  handle: Handle;
  worker: WorkerId;
  launch: number;
  identity: ProcessIdentity;
  spawnedAt: number;
  /**
   * The newest frame of a supervisor that the keeper took over: it reaches the worker's stdin if the worker lives
   * to read it. Later ones were lost with the connection and never will. The next frame is this number plus one.
   */
  deliveredFrame: number;
  /** Its tree was stopped by `freeze` and not let go on since. */
  frozen?: boolean;
  /** How long ago frames were handed to it, oldest first, in time awake and not frozen. Absent: a keeper older than this. */
  frameAges?: FrameAge[];
  /**
   * Set once the process is gone and all it wrote has been read. `onExit` comes again for a new supervisor, after the
   * messages that are sent again. While it is not set a dead process may still have messages waiting to be read.
   */
  exit?: ProcessExit;
}

export interface ProcessExit {
  code: number | null;
  signal: string | null;
  /** When, milliseconds since 1970. */
  at: number;
  /** The last 1,000 characters of its log. */
  logTail: string;
}

/**
 * In place of a message above the size limit the keeper keeps a notification of its own with this method: whoever waits for that
 * message is to know, in the order of messages, that it will not come.
 */
export const OVERSIZED_METHOD = '$/oversized';

export interface OversizedDetail {
  /** Of the body. */
  bytes: number;
  limit: number;
  /** Its first characters. */
  beginning: string;
}

/** Output of a worker that is no message. */
export interface StrayDetail {
  /** Since the last report. */
  bytes: number;
  /** How the first of it began. */
  sample: string;
  reason: 'text' | 'oversized' | 'header';
}

/**
 * What the keeper tells without being asked. Nothing is told before the turn of the event loop after `connectKeeper` or
 * `spawn` has resolved, so that who awaits them knows a handle before its first event.
 */
export interface KeeperEvents {
  /**
   * A message of a worker, `sequence` counting up from 1 for each handle. The body is JSON as the worker wrote it. With 256 KiB
   * of a worker not acknowledged, no more of it comes: so how fast it is acknowledged decides how fast a worker may talk.
   */
  onMessage(handle: Handle, sequence: number, body: Buffer): void;
  /** The process is gone and everything it wrote was delivered before this. */
  onExit(handle: Handle, exit: ProcessExit): void;
  /** Something on stdout that is no frame; it went to the log. Rate-limited: at most one a second and handle. */
  onStray(handle: Handle, detail: StrayDetail): void;
  /**
   * The worker takes no more input, though it lives: it closed its stdin (`broken`), or left 64 MiB of it unread
   * (`overflow`). `deliveredFrame` is the last frame that was handed to it; later ones were dropped.
   */
  onInputClosed?(handle: Handle, detail: { reason: 'broken' | 'overflow'; deliveredFrame: number }): void;
  /** The socket closed; `replaced`: because another supervisor has taken over. The client is of no use any more. */
  onDisconnected(reason: 'closed' | 'replaced'): void;
}

export interface KeeperClient {
  readonly pid: number;
  /** What the keeper held when this client connected; messages not yet acknowledged are sent again after it. */
  readonly kept: readonly KeptProcess[];
  /** Rejects with KeeperError when the program cannot be started (`ENOENT`, `EACCES`, …). */
  spawn(request: SpawnRequest): Promise<KeptProcess>;
  /** Sends a JSON body to the worker's stdin, framed there. Returns the frame's number. Batched within a tick. */
  send(handle: Handle, body: string): number;
  /** All messages up to `sequence` need not be kept any longer. Batched within a tick. */
  acknowledge(handle: Handle, sequence: number): void;
  /** What was batched goes out now. */
  flush(): void;
  /** Ends the worker's stdin. */
  closeInput(handle: Handle): Promise<void>;
  /** Signals the whole process group, after identity was checked. Resolves false when it was gone already. */
  signal(handle: Handle, signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGINT'): Promise<boolean>;
  /**
   * Stops the whole tree, also descendants that left the group, or lets it go on. Resolves false when it was gone already; rejects
   * with KeeperError `ENOSYS` where that cannot be done. Frozen time is no part of `frameAges`.
   */
  freeze(handle: Handle, frozen: boolean): Promise<boolean>;
  /** Ends the whole tree with SIGKILL, also descendants that left the group (found by the environment marker). */
  killTree(handle: Handle): Promise<void>;
  logTail(handle: Handle, characters: number): Promise<string>;
  /** Drops an exited process from the keeper's list. */
  forget(handle: Handle): Promise<void>;
  /**
   * `detach`: leave the keeper and its workers as they are and do not start another supervisor because of this
   * close. `leave`: the same, but another one is wanted; the keeper starts it unless one connects at once. `end`: the keeper
   * ends every worker tree that is left and exits.
   */
  close(how: 'detach' | 'leave' | 'end'): Promise<void>;
}

export class KeeperError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'KeeperError';
    this.code = code;
  }
}
