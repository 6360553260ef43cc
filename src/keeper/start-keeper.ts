/** Starts a keeper as a process that outlives its starter. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock, type Clock } from '../core/clock.ts';
import type { KeeperBootstrap, KeeperReadiness } from './bootstrap.ts';
import { connectKeeper, type ConnectKeeperOptions } from './client.ts';
import { KEEPER_MARKER_VARIABLE, KeeperError, type KeeperClient } from './contract.ts';
import { keeperMarker, withoutLaunch } from './launch-marker.ts';

/** A keeper that is not ready by then is given up; on a loaded machine Node alone may need a few seconds. */
const READY_MILLISECONDS = 20_000;
/** A log of this size is moved aside at the next start; a keeper writes a few lines a day. */
const MAX_LOG_BYTES = 1024 * 1024;

export interface StartKeeperOptions
  extends KeeperBootstrap, Omit<ConnectKeeperOptions, 'runtimeFolder' | 'restart'> {
  /** The keeper's script: `dist/keeper.js`, or `src/keeper/main.ts` in development. */
  entry: string | URL;
  /** Node, or Electron with `ELECTRON_RUN_AS_NODE` in its environment. */
  executable: string;
  /** The keeper's own log. Default: `keeper.log` in the runtime folder. */
  logFile?: string;
}

/**
 * Starts a keeper and connects to it. Rejects with KeeperError: `EADDRINUSE` one is running already (connect to it),
 * `ETIMEDOUT` it does not get ready, `ENOENT` and `EACCES` the executable cannot be started, and what `connectKeeper` says.
 */
export async function startKeeper(options: StartKeeperOptions): Promise<KeeperClient> {
  await launchKeeper(options);
  return connectKeeper(options);
}

async function launchKeeper(options: StartKeeperOptions): Promise<void> {
  const { runtimeFolder, token, workspace, restart, waitingBytes } = options;
  const entry = options.entry instanceof URL ? fileURLToPath(options.entry) : options.entry;
  const child = spawnKeeper(
    options.executable,
    entry,
    options.logFile ?? path.join(runtimeFolder, 'keeper.log'),
    workspace,
  );
  try {
    const readiness = waitForReadiness(child, options.clock ?? systemClock);
    // It may end before it has read this, or never have begun, without streams; then the readiness says why.
    child.stdin?.on('error', () => {});
    const bootstrap: KeeperBootstrap = { runtimeFolder, token, workspace, restart };
    if (waitingBytes !== undefined) bootstrap.waitingBytes = waitingBytes;
    child.stdin?.end(JSON.stringify(bootstrap));
    const answer = await readiness;
    if (!answer.ready) throw new KeeperError(answer.error.code, answer.error.message);
  } catch (error) {
    // Our own child, not reaped before Node says so: this PID is nobody else's.
    child.kill('SIGKILL');
    throw error;
  } finally {
    child.stdin?.destroy();
    child.stdout?.destroy();
    child.unref();
  }
}

function spawnKeeper(executable: string, entry: string, logFile: string, workspace: string): ChildProcess {
  mkdirSync(path.dirname(logFile), { recursive: true, mode: 0o700 });
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > MAX_LOG_BYTES)
    renameSync(logFile, `${logFile}.1`);
  const log = openSync(logFile, 'a', 0o600);
  try {
    return spawn(executable, [entry], {
      cwd: path.parse(process.cwd()).root,
      detached: true,
      stdio: ['pipe', 'pipe', log],
      env: { ...withoutLaunch(process.env), [KEEPER_MARKER_VARIABLE]: keeperMarker(workspace) },
      windowsHide: true,
    });
  } finally {
    closeSync(log);
  }
}

function waitForReadiness(child: ChildProcess, clock: Clock): Promise<KeeperReadiness> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (code: string, message: string) => {
      cancelTimer();
      reject(new KeeperError(code, message));
    };
    const cancelTimer = clock.after(READY_MILLISECONDS, () =>
      fail('ETIMEDOUT', `the keeper was not ready after ${READY_MILLISECONDS / 1000} s`),
    );
    child.once('error', (error: NodeJS.ErrnoException) =>
      fail(error.code ?? 'UNKNOWN', `the keeper could not be started: ${error.message}`),
    );
    child.once('close', (code, signal) =>
      fail('EPIPE', `the keeper ended at its start (${signal ?? `code ${code}`})`),
    );
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const lineEnd = output.indexOf('\n');
      if (lineEnd < 0) return;
      cancelTimer();
      resolve(JSON.parse(output.slice(0, lineEnd)) as KeeperReadiness);
    });
  });
}
