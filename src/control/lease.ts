/**
 * The lease on a workspace: a file that names the one supervisor by process identity, made with `link`, which fails
 * when the file is there. A lease whose process is gone is stale, whatever its age; a lease whose process lives is
 * never broken, whatever its age.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
}

/** The lease as it stands, alive or stale; undefined when there is none or it cannot be read. */
export function readLease(file: string): Lease | undefined {
  try {
    const lease = JSON.parse(readFileSync(file, 'utf8')) as Lease;
    return typeof lease.serverId === 'string' && typeof lease.identity?.pid === 'number' ? lease : undefined;
  } catch {
    return undefined;
  }
}

/** The lease of a supervisor that lives now. */
export async function readLiveLease(file: string): Promise<Lease | undefined> {
  const lease = readLease(file);
  return lease && (await isAlive(lease.identity)) ? lease : undefined;
}

/** Takes the lease, or returns the live holder's. */
export async function acquireLease(
  file: string,
  lease: Lease,
): Promise<{ held: true } | { held: false; holder: Lease }> {
  const mine = `${file}.${randomUUID()}`;
  writeFileSync(mine, JSON.stringify(lease), { mode: 0o600, flag: 'wx' });
  try {
    for (;;) {
      if (tryLink(mine, file)) return { held: true };
      const holder = await readLiveLease(file);
      if (holder) return { held: false, holder };
      await setAside(file);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Gives the lease back if it is still ours. */
export function releaseLease(file: string, serverId: string): void {
  if (holdsLease(file, serverId)) rmSync(file, { force: true });
}

/**
 * Whether the lease is still ours. One that vanished (cleaners sweep temporary folders) is put back: nobody took it, or
 * there would be another in its place.
 */
export function keepLease(file: string, lease: Lease): boolean {
  if (holdsLease(file, lease.serverId)) return true;
  if (readLease(file)) return false;
  const mine = `${file}.${randomUUID()}`;
  try {
    writeFileSync(mine, JSON.stringify(lease), { mode: 0o600, flag: 'wx' });
    tryLink(mine, file);
  } catch {
    // The folder is gone too; the next look tries again.
    return true;
  } finally {
    rmSync(mine, { force: true });
  }
  return holdsLease(file, lease.serverId);
}

export function holdsLease(file: string, serverId: string): boolean {
  return readLease(file)?.serverId === serverId;
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Moves a stale lease away. Between reading and moving it another starter may have replaced it by a live one: what
 * was moved is looked at once more, and a live lease is put back.
 */
async function setAside(file: string): Promise<void> {
  const aside = `${file}.stale.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (await readLiveLease(aside)) tryLink(aside, file);
  rmSync(aside, { force: true });
}
