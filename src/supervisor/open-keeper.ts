/** Connects to the keeper of the workspace, or starts one. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ControlError, ControlErrorCode } from '../control/control-error.ts';
import type { Clock } from '../core/clock.ts';
import type { ProcessIdentity } from '../core/worker.ts';
import { connectKeeper } from '../keeper/client.ts';
import type { KeeperClient, KeeperEvents } from '../keeper/contract.ts';
import { holdingKeeper } from '../keeper/holding-keeper.ts';
import { readKeeperRecord } from '../keeper/keeper-record.ts';
import { isAlive } from '../keeper/process-identity.ts';
import { startKeeper } from '../keeper/start-keeper.ts';
import { OLDEST_WIRE_VERSION, WIRE_VERSION, wireVersionFor } from '../keeper/wire.ts';

export interface OpenKeeperOptions {
  runtimeFolder: string;
  workspace: string;
  stateFolder: string;
  distribution: string;
  serverId: string;
  identity: ProcessIdentity;
  clock: Clock;
}

/** A keeper whose record was swept away puts it back within a second. */
const RECORD_LOOKS = 10;
/** Milliseconds. */
const RECORD_INTERVAL = 200;

/** The token is the keeper's own for its whole life: what was made from it stays valid for a later supervisor. */
export async function openKeeper(
  options: OpenKeeperOptions,
  events: KeeperEvents,
): Promise<{ client: KeeperClient; token: string }> {
  const { runtimeFolder, workspace, distribution, serverId, identity, clock } = options;
  const restart = {
    executable: process.execPath,
    arguments: [join(distribution, 'supervisor.js'), '--workspace', workspace],
    env: environment(),
  };
  // A keeper may be older than this supervisor: from now on it brings up this version.
  const connection = { runtimeFolder, serverId, identity, events, clock, restart };
  for (let look = 1; ; look++) {
    await refuseUnknownKeeper(runtimeFolder);
    const record = await readKeeperRecord(runtimeFolder);
    if (record && (await isAlive(record.identity))) {
      const client = await connectUnlessEnding(connection, record.identity);
      if (client) return { client, token: record.token };
    }
    const holder = await holdingKeeper(workspace);
    if (!holder) break;
    if (look === RECORD_LOOKS) throw heldElsewhere(holder, runtimeFolder);
    await new Promise<void>((resolve) => clock.after(RECORD_INTERVAL, resolve));
  }
  const token = randomBytes(32).toString('hex');
  const client = await startKeeper({
    ...connection,
    token,
    workspace,
    entry: join(distribution, 'keeper.js'),
    executable: process.execPath,
    logFile: join(options.stateFolder, 'logs', 'keeper.log'),
  });
  return { client, token };
}

function heldElsewhere({ pid }: ProcessIdentity, runtimeFolder: string): ControlError {
  return new ControlError(
    ControlErrorCode.refused,
    `The workers of this folder are held by a keeper (process ${pid}) that has no record in ${runtimeFolder}. They go on untouched.`,
    { nextStep: 'Set XDG_RUNTIME_DIR or NIGHTCREW_RUNTIME_DIR as it was set where the crew was started.' },
  );
}

/** Undefined when the keeper was just ending: its socket goes a moment before its process. */
async function connectUnlessEnding(
  connection: Parameters<typeof connectKeeper>[0],
  identity: ProcessIdentity,
): Promise<KeeperClient | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await connectKeeper(connection);
    } catch (error) {
      await new Promise<void>((resolve) => connection.clock?.after(50, resolve));
      if (!(await isAlive(identity))) return undefined;
      if (attempt === 20) throw error;
    }
  }
}

/**
 * Asked before anything is done to a supervisor that works with that keeper: it holds workers, and they are never ended because
 * two versions do not understand each other.
 */
export async function refuseUnknownKeeper(runtimeFolder: string): Promise<void> {
  const record = await readKeeperRecord(runtimeFolder);
  if (!record || wireVersionFor(record.version) !== undefined || !(await isAlive(record.identity))) return;
  throw new ControlError(
    ControlErrorCode.refused,
    `The keeper of this workspace (process ${record.identity.pid}) speaks version ${record.version} of its protocol; ` +
      `this version of Nightcrew speaks ${OLDEST_WIRE_VERSION} to ${WIRE_VERSION}. Its workers go on untouched.`,
    {
      nextStep:
        'Let them finish with the version that started them, end that crew (`nightcrew down`), then start it again with this one.',
    },
  );
}

function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
