/** Folders that are gone when we are: removed when they are done with, or else by the end of the process. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A process that is just being killed may still write: then the folder is not empty after all, and it is tried again. */
const removal = { recursive: true, force: true, maxRetries: 5 } as const;

const folders = new Set<string>();
let guarded = false;

export async function makeTemporaryFolder(prefix: string): Promise<string> {
  if (!guarded) process.once('exit', () => folders.forEach((folder) => rmSync(folder, removal)));
  guarded = true;
  const folder = await mkdtemp(join(tmpdir(), prefix));
  folders.add(folder);
  return folder;
}

export async function removeTemporaryFolder(folder: string): Promise<void> {
  await rm(folder, removal);
  folders.delete(folder);
}
