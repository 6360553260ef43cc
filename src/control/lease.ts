/**
 * The lease on a workspace: a file in the runtime folder that says where the supervisor answers and what a client must show
 * there. Only who has the turn (see `turn.ts`) writes it, so it decides nothing: one that vanished or is broken is written again,
 * one whose process is gone is stale.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { ProcessIdentity } from '../core/worker.ts';
import { isAlive } from '../keeper/process-identity.ts';

export interface Lease {
  identity: ProcessIdentity;
  /** New with every start of a supervisor. */
  serverId: string;
  /** What a client must show on the control socket. */
  token: string;
  socket: string;
  /** Version of the product. */
  version: string;
  /** `CONTROL_VERSION` of the supervisor; absent before it was kept here, when it was 1. */
  control?: number;
}

/** The lease as it stands, alive or stale; undefined when there is none or it cannot be read. */
export function readLease(file: string): Lease | undefined {
  try {
    const lease = JSON.parse(readFileSync(file, 'utf8')) as Lease;
    return isLease(lease) ? lease : undefined;
  } catch {
    return undefined;
  }
}

function isLease(lease: Lease): boolean {
  const { identity, serverId, token, socket } = lease;
  const texts = [serverId, token, socket, identity?.startTime, identity?.bootId];
  return typeof identity?.pid === 'number' && texts.every((text) => typeof text === 'string');
}

/** The lease of a supervisor that lives now. */
export async function readLiveLease(file: string): Promise<Lease | undefined> {
  const lease = readLease(file);
  return lease && (await isAlive(lease.identity)) ? lease : undefined;
}

/** Replaces whatever is there, also what one who was killed had begun to write. */
export function writeLease(file: string, lease: Lease): void {
  const partial = `${file}.partial`;
  try {
    rmSync(partial, { force: true });
    writeFileSync(partial, JSON.stringify(lease), { mode: 0o600, flag: 'wx' });
    renameSync(partial, file);
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Writes it again when it is not as it was: cleaners sweep temporary folders. */
export function keepLease(file: string, lease: Lease): void {
  if (!isDeepStrictEqual(readLease(file), lease)) writeLease(file, lease);
}

/** To be called while the turn is still ours, so that it can be nobody else's. */
export function removeLease(file: string, serverId: string): void {
  if (readLease(file)?.serverId === serverId) rmSync(file, { force: true });
}
