/**
 * The supervisor's process: `supervisor.js --workspace <folder>`. Prints one line of JSON for whoever started it (see
 * `StartReport`) and nothing more on stdout; its log goes to stderr.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, openSync, realpathSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ControlError, ControlErrorCode, type ControlErrorData } from '../control/api.ts';
import { acquireLease, keepLease, releaseLease, type Lease } from '../control/lease.ts';
import { runtimeFolder } from '../control/runtime-folder.ts';
import type { StartReport } from '../control/start-supervisor.ts';
import { AwakeClock } from '../core/awake-clock.ts';
import { systemClock } from '../core/clock.ts';
import { closeInheritedDescriptors } from '../keeper/inherited-descriptors.ts';
import { identifyProcess } from '../keeper/process-identity.ts';
import { StoreError } from '../store/contract.ts';
import { openStore } from '../store/open.ts';
import { removeUnfinishedExports } from './export-results.ts';
import { createLog, type Log } from './log.ts';
import { openKeeper } from './open-keeper.ts';
import { Supervisor } from './supervisor.ts';
import { VERSION } from './version.ts';

process.title = 'nightcrew-supervisor';
/** A machine that sleeps must make nothing look late or stalled. */
const clock = new AwakeClock(systemClock);
closeInheritedDescriptors();

/** Standard error until the log file is known: a keeper that brings a supervisor up gives it none. */
let logFile = 2;
const log = createLog(clock, (line) => writeSync(logFile, line));
const distribution = dirname(fileURLToPath(import.meta.url));

process.on('uncaughtException', (error) => {
  // The keeper starts another supervisor; going on with a state that may be half changed would be worse.
  log.error('Uncaught.', error);
  process.exit(70);
});
// The terminal that a face runs in is not ours: its Ctrl-C and its end are no reason to stop.
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);

await main();

async function main(): Promise<void> {
  let release: () => void = () => undefined;
  try {
    const workspace = realpathSync(requireWorkspace());
    const folders = runtimeFolder(workspace);
    const lease = await makeLease(folders.controlSocket);
    const acquired = await acquireLease(folders.leaseFile, lease);
    if (!acquired.held) {
      report({ started: false, held: true });
      return;
    }
    release = () => releaseLease(folders.leaseFile, lease.serverId);
    const supervisor = await openSupervisor(workspace, folders, lease, release, log);
    await supervisor.start(folders.controlSocket);
    process.on('SIGTERM', () => void supervisor.end('replaced'));
    report({ started: true });
  } catch (error) {
    log.error('The supervisor cannot start.', error);
    release();
    report(failure(error));
    process.exitCode = 1;
    setImmediate(() => process.exit());
  }
}

function requireWorkspace(): string {
  const { values } = parseArgs({ options: { workspace: { type: 'string' } } });
  if (values.workspace) return values.workspace;
  throw new ControlError(ControlErrorCode.badInput, 'No workspace was named.', {
    nextStep: 'Start it through `nightcrew up`, or with --workspace <folder>.',
  });
}

async function makeLease(socket: string): Promise<Lease> {
  const identity = await identifyProcess(process.pid);
  if (!identity) throw new Error('The own process cannot be identified.');
  return {
    identity,
    serverId: randomUUID(),
    token: randomBytes(32).toString('hex'),
    socket,
    version: VERSION,
  };
}

async function openSupervisor(
  workspace: string,
  folders: ReturnType<typeof runtimeFolder>,
  lease: Lease,
  release: () => void,
  supervisorLog: Log,
): Promise<Supervisor> {
  const stateFolder = join(workspace, '.nightcrew');
  prepareStateFolder(stateFolder);
  logFile = openSync(join(stateFolder, 'logs', 'supervisor.log'), 'a', 0o600);
  removeUnfinishedExports(join(stateFolder, 'results'), supervisorLog);
  const store = await openStore({
    folder: stateFolder,
    clock,
    threadFile: pathToFileURL(join(distribution, 'projection-thread.js')),
    log: (message) => supervisorLog.info(message),
    onFailure: (error) => {
      supervisorLog.error('The store failed.', error);
      process.exit(74);
    },
  });
  return new Supervisor({
    workspace,
    stateFolder,
    distribution,
    version: VERSION,
    serverId: lease.serverId,
    controlToken: lease.token,
    store,
    restored: await store.query('restore', {}),
    openKeeper: (events) =>
      openKeeper(
        {
          runtimeFolder: folders.folder,
          workspace,
          stateFolder,
          distribution,
          serverId: lease.serverId,
          identity: lease.identity,
          clock,
        },
        events,
      ),
    clock,
    log: supervisorLog,
    holdsLease: () => keepLease(folders.leaseFile, lease),
    onEnded: () => {
      release();
      process.exit(0);
    },
  });
}

/** `.nightcrew/` is made on first use and tells git to leave it alone. */
function prepareStateFolder(folder: string): void {
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const ignore = join(folder, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
}

function failure(error: unknown): StartReport {
  if (error instanceof ControlError) {
    return {
      started: false,
      code: error.code,
      message: error.message,
      data: data(error.nextStep, error.place),
    };
  }
  if (error instanceof StoreError) {
    const { message, nextStep, file } = error;
    return { started: false, code: ControlErrorCode.storage, message, data: data(nextStep, file) };
  }
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENOSPC') {
    const nextStep =
      'Nightcrew keeps its queue in the workspace: make the folder writable, or open a copy that is.';
    return {
      started: false,
      code: ControlErrorCode.storage,
      message: (error as Error).message,
      data: { nextStep },
    };
  }
  const nextStep = 'Look at .nightcrew/logs/supervisor.log.';
  return {
    started: false,
    code: ControlErrorCode.internal,
    message: (error as Error).message,
    data: { nextStep },
  };
}

function data(nextStep: string | undefined, place: string | undefined): ControlErrorData {
  return { ...(nextStep ? { nextStep } : {}), ...(place ? { place } : {}) };
}

/** The starter may be gone already; that is nothing to die of. */
function report(line: StartReport): void {
  process.stdout.on('error', () => undefined);
  try {
    writeSync(1, `${JSON.stringify(line)}\n`);
  } catch (error) {
    log.warn(`The starter did not wait for the report: ${(error as Error).message}`);
  }
}
