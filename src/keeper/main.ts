/**
 * The keeper's process. Its starter may die at any moment: after the line that says it is ready, the keeper uses none of
 * the streams it was given but stderr, which is its log file.
 *
 * An error that nobody expected is logged, and the keeper goes on with a fresh connection: to exit would close the stdin of
 * every worker and so cost all their work, surely, while the error may have hit one request only. When such errors
 * come thick, its state cannot be trusted: then it ends all trees itself and exits, so that no worker is left behind
 * without a keeper. What cannot be caught (SIGKILL, no memory) closes the workers' stdin, which ends them.
 */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { chmod, mkdir, rm } from 'node:fs/promises';

import { connect, createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { AwakeClock } from '../core/awake-clock.ts';
import { systemClock } from '../core/clock.ts';
import type { KeeperBootstrap, KeeperReadiness } from './bootstrap.ts';
import { KeeperError } from './contract.ts';
import { closeInheritedDescriptors } from './inherited-descriptors.ts';
import { keeperSocket, removeKeeperRecord, writeKeeperRecord } from './keeper-record.ts';
import { Keeper } from './keeper.ts';
import { identifyProcess } from './process-identity.ts';
import { WIRE_VERSION } from './wire.ts';

/** More unexpected errors than this within the time below, and the keeper's state counts as broken. */
const MAX_FAULTS = 10;
const FAULT_WINDOW_MILLISECONDS = 60_000;
/** sysexits.h: internal software error. */
const EXIT_SOFTWARE = 70;

process.title = 'nightcrew-keeper';
/** A machine that sleeps must make nothing here look late. */
const clock = new AwakeClock(systemClock);
closeInheritedDescriptors();

function log(line: string): void {
  try {
    // Not by the stream, which takes nothing more after its first error: the disk may have room again.
    writeSync(2, `${new Date().toISOString()} ${line}\n`);
  } catch {
    // A full disk must not end the keeper.
  }
}

function answer(readiness: KeeperReadiness): Promise<void> {
  return new Promise((resolve) => process.stdout.write(`${JSON.stringify(readiness)}\n`, () => resolve()));
}

/** Whether someone listens there. A socket file that nobody listens on is left over from a keeper that was killed. */
function isListening(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}

async function listen(server: Server, socket: string): Promise<void> {
  if (await isListening(socket)) throw new KeeperError('EADDRINUSE', `a keeper listens on ${socket} already`);
  if (process.platform !== 'win32') await rm(socket, { force: true });
  // Nobody may connect before the mode is set; the mask must not stay, workers would inherit it.
  const mask = process.umask(0o177);
  const listening = once(server, 'listening');
  server.listen(socket);
  process.umask(mask);
  await listening;
}

async function run(bootstrap: KeeperBootstrap): Promise<void> {
  const { runtimeFolder, token, workspace, restart } = bootstrap;
  await mkdir(runtimeFolder, { recursive: true, mode: 0o700 });
  await chmod(runtimeFolder, 0o700);
  const socket = keeperSocket(runtimeFolder);
  const identity = await identifyProcess(process.pid);
  if (!identity) throw new KeeperError('ESRCH', 'the keeper cannot read its own identity');

  let faults: number[] = [];
  const server = createServer();
  const finish = async (code: number): Promise<never> => {
    server.close();
    await removeKeeperRecord(runtimeFolder).catch(() => {});
    log(`ends with code ${code}`);
    process.exit(code);
  };
  const keeper = new Keeper({
    token,
    restart,
    clock,
    log,
    onEnd: () => void finish(faults.length > MAX_FAULTS ? EXIT_SOFTWARE : 0),
  });
  server.on('connection', (connection) => keeper.accept(connection));

  const onFault = (error: unknown) => {
    const now = clock.monotonic();
    faults = [...faults.filter((at) => now - at < FAULT_WINDOW_MILLISECONDS), now];
    log(`unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    if (faults.length > MAX_FAULTS) void keeper.end();
    else keeper.dropConnection();
  };
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
  // A terminal that closes, or Ctrl+C in one that started the supervisor, is not meant for the keeper.
  process.on('SIGHUP', () => {});
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {
    log('asked to terminate');
    void keeper.terminate();
  });

  await listen(server, socket);
  // Its errors from here on, out of file descriptors for one, concern single connections.
  server.removeAllListeners('error').on('error', (error) => log(`the server: ${error.message}`));
  await writeKeeperRecord(runtimeFolder, { identity, socket, token, version: WIRE_VERSION, workspace });
  log(`keeps the workers of ${workspace}`);
  await answer({ ready: true, identity, socket });
}

// Writing to a starter that is gone must not end us; the same for a log on a full disk.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

try {
  await run(JSON.parse(await text(process.stdin)) as KeeperBootstrap);
} catch (error) {
  const code =
    error instanceof KeeperError ? error.code : ((error as NodeJS.ErrnoException).code ?? 'INTERNAL');
  const message = error instanceof Error ? error.message : String(error);
  log(`could not start: ${message}`);
  await answer({ ready: false, error: { code, message } });
  process.exit(1);
}
