/** `keeper.json` in the runtime folder: where a keeper listens and how to prove that one may talk to it. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ProcessIdentity } from '../core/worker.ts';
import { KeeperError } from './contract.ts';

export interface KeeperRecord {
  identity: ProcessIdentity;
  /** Path of the Unix socket, or name of the pipe on Windows. */
  socket: string;
  token: string;
  /** `WIRE_VERSION` of the keeper. */
  version: number;
  workspace: string;
}

/** Bytes a Unix socket's path may have: 107 on Linux, 103 on macOS; the smaller one holds everywhere. */
const MAX_SOCKET_PATH_BYTES = 103;

/** Where the keeper of this runtime folder listens. Throws KeeperError when the path is too long for a socket. */
export function keeperSocket(runtimeFolder: string): string {
  if (process.platform === 'win32') {
    const name = createHash('sha256').update(path.resolve(runtimeFolder)).digest('hex').slice(0, 32);
    return `\\\\.\\pipe\\nightcrew-keeper-${name}`;
  }
  const socket = path.join(runtimeFolder, 'keeper.sock');
  if (Buffer.byteLength(socket) > MAX_SOCKET_PATH_BYTES) {
    throw new KeeperError(
      'ENAMETOOLONG',
      `${socket} is too long for a socket (${MAX_SOCKET_PATH_BYTES} bytes); choose a shorter runtime folder`,
    );
  }
  return socket;
}

function recordFile(runtimeFolder: string): string {
  return path.join(runtimeFolder, 'keeper.json');
}

/** The record, or undefined when there is none that can be read. It may be of a keeper that is long dead. */
export async function readKeeperRecord(runtimeFolder: string): Promise<KeeperRecord | undefined> {
  try {
    return JSON.parse(await readFile(recordFile(runtimeFolder), 'utf8')) as KeeperRecord;
  } catch {
    return undefined;
  }
}

/** To be called by the one keeper that listens; so what another was about to write is left over from one that was killed. */
export async function writeKeeperRecord(runtimeFolder: string, record: KeeperRecord): Promise<void> {
  const file = recordFile(runtimeFolder);
  for (const name of await readdir(runtimeFolder)) {
    if (/^keeper\.json\.\d+\.partial$/.test(name)) await rm(path.join(runtimeFolder, name), { force: true });
  }
  const partial = `${file}.${process.pid}.partial`;
  await writeFile(partial, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  await rename(partial, file);
}

/** Removes the record if it is still this process's own. */
export async function removeKeeperRecord(runtimeFolder: string): Promise<void> {
  if ((await readKeeperRecord(runtimeFolder))?.identity.pid !== process.pid) return;
  await rm(recordFile(runtimeFolder), { force: true });
}
