/**
 * The keeper's process. Its starter may die at any moment: after the line that says it is ready, the keeper uses none of
 * the streams it was given but stderr, which is its log file.
 *
 * An error that nobody expected is logged, and the keeper goes on with a fresh connection: to exit would close the stdin of
 * every worker and so cost all their work, surely, while the error may have hit one request only. When such errors
 * come thick, its state cannot be trusted: then it ends all trees itself and exits, so that no worker is left behind
 * without a keeper. What cannot be caught (SIGKILL, no memory) closes the workers' stdin, which ends them.
 */
import { existsSync, writeSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { AwakeClock } from '../core/awake-clock.ts';
import { systemClock } from '../core/clock.ts';
import type { KeeperBootstrap, KeeperReadiness } from './bootstrap.ts';
import { KeeperError } from './contract.ts';
import { closeInheritedDescriptors } from './inherited-descriptors.ts';
import { KeeperPlace } from './keeper-place.ts';
import { keeperSocket } from './keeper-record.ts';
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

async function run(bootstrap: KeeperBootstrap): Promise<void> {
  const { runtimeFolder, token, workspace, restart, waitingBytes } = bootstrap;
  const socket = keeperSocket(runtimeFolder);
  const identity = await identifyProcess(process.pid);
  if (!identity) throw new KeeperError('ESRCH', 'the keeper cannot read its own identity');

  let faults: number[] = [];
  const finish = async (code: number): Promise<never> => {
    await place.leave();
    log(`ends with code ${code}`);
    process.exit(code);
  };
  const keeper = new Keeper({
    token,
    restart,
    clock,
    workspaceIsThere: () => existsSync(workspace),
    log,
    ...(waitingBytes === undefined ? {} : { waitingBytes }),
    onEnd: () => void finish(faults.length > MAX_FAULTS ? EXIT_SOFTWARE : 0),
  });
  const place = new KeeperPlace({
    runtimeFolder,
    record: { identity, socket, token, version: WIRE_VERSION, workspace },
    clock,
    log,
    accept: (connection) => keeper.accept(connection),
    onTaken: () => keeper.displaced(),
  });

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

  await place.take();
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
