/** Connects to the keeper of the workspace, or starts one. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { ProcessIdentity } from '../core/worker.ts';
import { connectKeeper } from '../keeper/client.ts';
import type { KeeperClient, KeeperEvents } from '../keeper/contract.ts';
import { readKeeperRecord } from '../keeper/keeper-record.ts';
import { isAlive } from '../keeper/process-identity.ts';
import { startKeeper } from '../keeper/start-keeper.ts';

export interface OpenKeeperOptions {
  runtimeFolder: string;
  workspace: string;
  stateFolder: string;
  distribution: string;
  serverId: string;
  identity: ProcessIdentity;
  clock: Clock;
}

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
  const record = await readKeeperRecord(runtimeFolder);
  if (record && (await isAlive(record.identity))) {
    const client = await connectUnlessEnding(connection, record.identity);
    if (client) return { client, token: record.token };
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

function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
