/**
 * How a face reaches the supervisor of its workspace: through the lease to the socket, starting one if it may. The turn (see
 * `turn.ts`) decides who is the supervisor; two faces that start one at the same moment end up with the same.
 */
import { connect as connectSocket, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AwakeTime } from '../core/awake-clock.ts';
import { CONTROL_VERSION } from './api.ts';
import { ControlError, ControlErrorCode } from './control-error.ts';
import type { ConnectOptions, ControlClient } from './client-contract.ts';
import { openControlClient } from './client.ts';
import { readLiveLease, type Lease } from './lease.ts';
import { withRepeats } from './repeat.ts';
import { runtimeFolder } from './runtime-folder.ts';
import { startSupervisor } from './start-supervisor.ts';
import { relationTo, VERSION } from './version.ts';
import { holderElsewhere, type TurnHolder } from './workspace-turn.ts';

/** A supervisor that has the turn may still be reading a large state; milliseconds. */
const STARTING_PATIENCE = 60_000;
/** How long one that was killed is waited to be followed by another; milliseconds. */
const SUCCESSOR_PATIENCE = 10_000;
const RETRY = 20;

/** Connects to the supervisor that lives; undefined when there is none. Rejects when another machine has the workspace. */
export async function connect(options: ConnectOptions): Promise<ControlClient | undefined> {
  const client = await connectToLiving(options);
  if (client) return withRepeats(client, () => findSuccessor(options));
  const holder = holderElsewhere(join(options.workspace, '.nightcrew'));
  if (holder) throw heldElsewhere(holder, false);
  return undefined;
}

/** Connects, starting a supervisor if none lives, or one of an older version. */
export async function connectOrStart(options: ConnectOptions): Promise<ControlClient> {
  // A person has said once that another machine is gone; that says nothing of one that has come since.
  const again = { ...options, takeOver: false };
  return withRepeats(await reachOrStart(options), () => reachOrStart(again));
}

/** The keeper starts another one, if there was anything to supervise. */
async function findSuccessor(options: ConnectOptions): Promise<ControlClient | undefined> {
  const waited = new AwakeTime(performance.now());
  while (waited.at(performance.now()) < SUCCESSOR_PATIENCE) {
    const client = await connectToLiving(options);
    if (client) return client;
    await delay(RETRY);
  }
  return undefined;
}

async function reachOrStart(options: ConnectOptions): Promise<ControlClient> {
  // A machine that slept meanwhile has not waited.
  const waited = new AwakeTime(performance.now());
  for (;;) {
    const client = await connectToLiving({ ...options, replaces: 'older' });
    if (client) return client;
    const holder = await startSupervisor(options);
    if (!holder) continue;
    // Another one has the turn and will write its lease, if this is where it does that.
    const { leaseFile, folder } = runtimeFolder(options.workspace, options.environment);
    if (holder.machine !== undefined) throw heldElsewhere(holder, options.takeOver === true);
    if (holder.runtimeFolder !== undefined && holder.runtimeFolder !== folder) {
      throw heldUnderOtherName(holder, folder);
    }
    if (waited.at(performance.now()) > STARTING_PATIENCE && !(await readLiveLease(leaseFile)))
      throw silentSupervisor(holder.process.pid);
    await delay(RETRY);
  }
}

async function connectToLiving(options: ConnectOptions): Promise<ControlClient | undefined> {
  const { leaseFile } = runtimeFolder(options.workspace, options.environment);
  // A machine that slept meanwhile has not waited.
  const waited = new AwakeTime(performance.now());
  let mayReplace = options.replaces === 'older';
  /** The server that took a connection and closed it; one that ends does so once, and then listens no more. */
  let hungUp: string | undefined;
  for (;;) {
    const lease = await readLiveLease(leaseFile);
    if (!lease) return undefined;
    const relation = relationTo(lease);
    if (relation === 'ahead') throw supervisorIsAhead(lease);
    if (relation === 'outdated') {
      if (options.replaces === 'nothing') throw supervisorIsOutdated(lease);
      await startSupervisor(options, lease);
    } else if (relation === 'older' && mayReplace) {
      mayReplace = false;
      await replaceOlder(options, lease);
    } else {
      const socket = await openSocket(lease.socket);
      const client = socket && (await greetUnlessEnding(socket, lease, options, hungUp !== lease.serverId));
      if (client) return client;
      if (socket) hungUp = lease.serverId;
      if (waited.at(performance.now()) > STARTING_PATIENCE) throw silentSupervisor(lease.identity.pid);
      await delay(RETRY);
    }
  }
}

/** The older one can be worked with: when it cannot be replaced, that is what happens. */
async function replaceOlder(options: ConnectOptions, lease: Lease): Promise<void> {
  try {
    await startSupervisor(options, lease);
  } catch (error) {
    // The successor has written why into the supervisor's log.
    if (!(await readLiveLease(runtimeFolder(options.workspace, options.environment).leaseFile))) throw error;
  }
}

function openSocket(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      // Not there yet, or left over from a supervisor that was killed, or killed before it had taken the connection: the
      // lease tells which.
      if (['ENOENT', 'ECONNREFUSED', 'ECONNRESET'].includes(error.code ?? '')) resolve(undefined);
      else reject(error);
    });
  });
}

/** Undefined when it was just ending, or ended: the lease tells what comes next. */
async function greetUnlessEnding(
  socket: Socket,
  lease: Lease,
  options: ConnectOptions,
  mayEnd: boolean,
): Promise<ControlClient | undefined> {
  try {
    return await greet(socket, lease, options);
  } catch (error) {
    if (mayEnd && error instanceof ControlError && error.code === ControlErrorCode.ending) return undefined;
    throw error;
  }
}

async function greet(socket: Socket, lease: Lease, options: ConnectOptions): Promise<ControlClient> {
  const greeting = { token: lease.token, version: CONTROL_VERSION, client: options.client };
  const client = await openControlClient(socket, greeting, options.settings);
  if (client.server.serverId !== lease.serverId) {
    client.close();
    throw new ControlError(
      ControlErrorCode.refused,
      'Another supervisor answered than the one that holds the lease.',
      {
        nextStep: 'Try again.',
      },
    );
  }
  return client;
}

function silentSupervisor(pid: number): ControlError {
  return new ControlError(
    ControlErrorCode.refused,
    `The supervisor (process ${pid}) lives but does not answer.`,
    { nextStep: 'Look at .nightcrew/logs/supervisor.log; if it is stuck, end that process and try again.' },
  );
}

function versions({ version, control = 1 }: Lease): string {
  return (
    `The supervisor that runs here is of version ${version} and speaks version ${control} of the control protocol; ` +
    `this is version ${VERSION}, which speaks version ${CONTROL_VERSION}`
  );
}

function supervisorIsAhead(lease: Lease): ControlError {
  return new ControlError(
    ControlErrorCode.refused,
    `${versions(lease)}. A newer one is never replaced by an older.`,
    {
      nextStep:
        `Update this Nightcrew to ${lease.version}: in VS Code update the extension and reload the window, in a terminal ` +
        'use the newer `nightcrew`.',
    },
  );
}

function supervisorIsOutdated(lease: Lease): ControlError {
  return new ControlError(ControlErrorCode.refused, `${versions(lease)}.`, {
    nextStep: 'Trust the workspace, so that a supervisor of this version may take over; its workers go on.',
  });
}

/** `watched`: it was to be taken over, and gave a sign of life. */
function heldElsewhere({ process, machine, touchedAt }: TurnHolder, watched: boolean): ControlError {
  const seen = touchedAt === undefined ? '' : `; its last sign of life is of ${utcText(touchedAt)}`;
  const alive = watched ? ' It is not taken over, because it lives.' : '';
  return new ControlError(
    ControlErrorCode.elsewhere,
    `The crew of this folder is run on another machine or in another container: ${machine}, process ${process.pid}${seen}.${alive}`,
    {
      nextStep:
        'Look after it there, or end it there with `nightcrew down`. If that machine is gone for good, ' +
        '`nightcrew up --take-over` here, or Take Over… in VS Code, goes on with its queue; what still runs there would be ' +
        'run twice.',
    },
  );
}

/** To the second: `2026-03-01 12:00:00 UTC`. */
function utcText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function heldUnderOtherName({ process, runtimeFolder: theirs }: TurnHolder, ours: string): ControlError {
  return new ControlError(
    ControlErrorCode.refused,
    `The supervisor of this folder (process ${process.pid}) has its socket in ${theirs}; here it is looked for in ${ours}.`,
    { nextStep: 'Set XDG_RUNTIME_DIR or NIGHTCREW_RUNTIME_DIR as it was set where the crew was started.' },
  );
}
