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
import { ControlError, ControlErrorCode } from '../control/control-error.ts';
import { keepLease, removeLease, writeLease, type Lease } from '../control/lease.ts';
import { runtimeFolder, type RuntimeFolder } from '../control/runtime-folder.ts';
import type { StartReport } from '../control/start-supervisor.ts';
import { VERSION } from '../control/version.ts';
import { WorkspaceTurn } from '../control/workspace-turn.ts';
import { AwakeClock } from '../core/awake-clock.ts';
import { systemClock } from '../core/clock.ts';
import { closeInheritedDescriptors } from '../keeper/inherited-descriptors.ts';
import { identifyProcess } from '../keeper/process-identity.ts';
import { fencedFiles } from '../store/fenced-files.ts';
import { diskFileSystem } from '../store/file-system.ts';
import { openStore } from '../store/open.ts';
import { removeUnfinishedExports } from './export-results.ts';
import { failureReport } from './failure-report.ts';
import { folderWarnings } from './folder-warnings.ts';
import { createLog } from './log.ts';
import { openKeeper } from './open-keeper.ts';
import { startCause } from './start-cause.ts';
import { Supervisor } from './supervisor.ts';
import { takeTurn } from './take-turn.ts';

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
    const turn = await takeTurn({
      stateFolder,
      folders,
      identity: lease.identity,
      predecessor,
      takeOver,
      clock,
    });
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
    report(failureReport(error));
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

/** The starter may be gone already; that is nothing to die of. */
function report(line: StartReport): void {
  process.stdout.on('error', () => undefined);
  try {
    writeSync(1, `${JSON.stringify(line)}\n`);
  } catch (error) {
    log.warn(`The starter did not wait for the report: ${(error as Error).message}`);
  }
}
