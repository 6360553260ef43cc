/**
 * The supervisor's process: `supervisor.js --workspace <folder>`. Prints one line of JSON for whoever started it (see
 * `StartReport`) and nothing more on stdout; its log goes to stderr.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, realpathSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { CONTROL_VERSION } from '../control/api.ts';
import { ControlError, ControlErrorCode, type ControlErrorData } from '../control/control-error.ts';
import { succeed } from '../control/hand-over.ts';
import { keepLease, readLiveLease, removeLease, writeLease, type Lease } from '../control/lease.ts';
import { runtimeFolder, type RuntimeFolder } from '../control/runtime-folder.ts';
import type { StartReport } from '../control/start-supervisor.ts';
import { VERSION } from '../control/version.ts';
import { WorkspaceTurn, type TurnHolder } from '../control/workspace-turn.ts';
import { AwakeClock } from '../core/awake-clock.ts';
import { systemClock } from '../core/clock.ts';
import { closeInheritedDescriptors } from '../keeper/inherited-descriptors.ts';
import { identifyProcess } from '../keeper/process-identity.ts';
import { StoreError } from '../store/store-error.ts';
import { diskNextStep } from '../store/disk-error.ts';
import { fencedFiles } from '../store/fenced-files.ts';
import { diskFileSystem } from '../store/file-system.ts';
import { openStore } from '../store/open.ts';
import { removeUnfinishedExports } from './export-results.ts';
import { folderWarnings } from './folder-warnings.ts';
import { createLog } from './log.ts';
import { openKeeper, refuseUnknownKeeper } from './open-keeper.ts';
import { startCause } from './start-cause.ts';
import { Supervisor } from './supervisor.ts';

/** sysexits.h: input/output error. */
const EXIT_STORE_FAILED = 74;

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
    const { workspace: given, predecessor, withoutWorkers, takeOver } = readArguments();
    const workspace = realpathSync(given);
    const folders = runtimeFolder(workspace);
    const stateFolder = prepareStateFolder(workspace);
    const lease = await makeLease(folders.controlSocket);
    const turn = await takeTurn(stateFolder, folders, lease, { predecessor, takeOver });
    if (!(turn instanceof WorkspaceTurn)) {
      report({ started: false, held: true, holder: turn });
      return;
    }
    release = () => {
      removeLease(folders.leaseFile, lease.serverId);
      turn.release();
    };
    writeLease(folders.leaseFile, lease);
    const supervisor = await openSupervisor({
      workspace,
      stateFolder,
      folders,
      lease,
      turn,
      withoutWorkers,
      release,
    });
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

interface Arguments {
  workspace: string;
  predecessor: string | undefined;
  withoutWorkers: boolean;
  takeOver: boolean;
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      workspace: { type: 'string' },
      succeed: { type: 'string' },
      'without-workers': { type: 'boolean' },
      'take-over': { type: 'boolean' },
    },
  });
  const { workspace, succeed: predecessor } = values;
  const { 'without-workers': withoutWorkers = false, 'take-over': takeOver = false } = values;
  if (workspace) return { workspace, predecessor, withoutWorkers, takeOver };
  throw new ControlError(ControlErrorCode.badInput, 'No workspace was named.', {
    nextStep: 'Start it through `nightcrew up`, or with --workspace <folder>.',
  });
}

/** The turn, or who has it. The predecessor, named by its server id, is asked for it. */
async function takeTurn(
  stateFolder: string,
  folders: RuntimeFolder,
  { identity }: Lease,
  { predecessor, takeOver }: Pick<Arguments, 'predecessor' | 'takeOver'>,
): Promise<WorkspaceTurn | TurnHolder> {
  const askFor = async (): Promise<boolean> => {
    const lease = await readLiveLease(folders.leaseFile);
    if (lease === undefined || lease.serverId !== predecessor) return false;
    await refuseUnknownKeeper(folders.folder);
    await succeed(lease);
    return true;
  };
  // Looked at first, too: to whoever lost its state folder, a ticket in a new one would look like a successor.
  const living = await readLiveLease(folders.leaseFile);
  if (living && living.serverId !== predecessor) return { process: living.identity };
  const turn = await WorkspaceTurn.take({
    stateFolder,
    runtimeFolder: folders.folder,
    process: identity,
    clock,
    awaits: askFor,
    takeOver,
  });
  if (!(turn instanceof WorkspaceTurn)) return turn.holder;
  try {
    // From before there were tickets: a supervisor that is alive and has none.
    const unticketed = await readLiveLease(folders.leaseFile);
    if (!unticketed || (await askFor())) return turn;
    turn.release();
    return { process: unticketed.identity };
  } catch (error) {
    turn.release();
    throw error;
  }
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
    control: CONTROL_VERSION,
  };
}

interface Parts {
  workspace: string;
  stateFolder: string;
  folders: RuntimeFolder;
  lease: Lease;
  turn: WorkspaceTurn;
  withoutWorkers: boolean;
  release: () => void;
}

async function openSupervisor(parts: Parts): Promise<Supervisor> {
  const { workspace, stateFolder, folders, lease, turn, release } = parts;
  removeUnfinishedExports(join(stateFolder, 'results'), log);
  const opened: { supervisor?: Supervisor } = {};
  const files = fencedFiles(diskFileSystem, () => turn.isOurs() || endOvertaken());
  const store = await openStore({
    folder: stateFolder,
    clock,
    threadFile: pathToFileURL(join(distribution, 'projection-thread.js')),
    log: (message) => log.info(message),
    onFailure: (error) => {
      log.error('The store failed.', error);
      // The keeper starts another, which reads what is there.
      const leave = (): never => process.exit(EXIT_STORE_FAILED);
      if (opened.supervisor) void opened.supervisor.fail(error).finally(leave);
      else leave();
    },
    onPutBack: () => {
      prepareStateFolder(workspace);
      opened.supervisor?.tellPutBack();
    },
    files,
  });
  const restored = await store.query('restore', {});
  opened.supervisor = new Supervisor({
    workspace,
    stateFolder,
    distribution,
    version: VERSION,
    serverId: lease.serverId,
    identity: lease.identity,
    controlToken: lease.token,
    store,
    files,
    restored,
    warnings: await folderWarnings({ workspace, stateFolder, runtimeFolder: folders.folder }, log),
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
    log,
    withoutWorkers: parts.withoutWorkers,
    cause: startCause(restored, {
      bootId: lease.identity.bootId,
      isEmpty: store.lastSequence === 0,
      isTakenOver: turn.isTakenOver,
    }),
    keepTurn: () => {
      if (!turn.isOurs()) endOvertaken();
      turn.touch();
      // Whoever waits for the disk gets to know why it fails.
      store.keepInPlace().catch(() => undefined);
      try {
        // A logout takes the user's runtime folder along.
        if (!existsSync(folders.folder)) runtimeFolder(workspace);
        keepLease(folders.leaseFile, lease);
      } catch {
        // It cannot be made yet, or is full; the next look tries again.
      }
    },
    onEnded: () => {
      release();
      process.exit(0);
    },
  });
  return opened.supervisor;
}

/**
 * Another supervisor has the journal, the keeper and the lease: whatever this one still did would be done to what is not its
 * own. So nothing is written down and nobody is told; who asked for something was not answered, and asks the other one.
 */
function endOvertaken(): never {
  log.error('Another supervisor has taken over this workspace; ending at once.');
  process.exit(75);
}

/** `.nightcrew/` is made on first use and tells git to leave it alone. */
function prepareStateFolder(workspace: string): string {
  const folder = join(workspace, '.nightcrew');
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const ignore = join(folder, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  openLogFile(join(folder, 'logs', 'supervisor.log'));
  return folder;
}

/** A disk that has no room for a log may still hold all that matters. */
function openLogFile(file: string): void {
  try {
    const opened = openSync(file, 'a', 0o600);
    if (logFile !== 2) closeSync(logFile);
    logFile = opened;
  } catch (error) {
    log.warn(`${file} cannot be written: ${(error as Error).message}`);
  }
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
  const diskStep = diskNextStep(error);
  if (diskStep !== undefined) {
    const { message, path } = error as NodeJS.ErrnoException;
    return { started: false, code: ControlErrorCode.storage, message, data: data(diskStep, path) };
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
