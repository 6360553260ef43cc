/** Keeps damaged files whole, for a person to look at, in a folder of their own. */
import { basename, join } from 'node:path';
import type { FileSystem } from './file-system.ts';

/** Makes the folder and puts these files in, under the names they have. Returns its path when all of it is on the disk. */
export async function keepDamaged(
  files: FileSystem,
  folder: string,
  at: number,
  paths: readonly string[],
  account: string,
): Promise<string> {
  const kept = unusedName(files, join(folder, `damaged-${new Date(at).toISOString().replace(/[:.]/g, '-')}`));
  files.makeFolder(kept);
  for (const path of paths) await keepFile(files, path, join(kept, basename(path)));
  await writeFile(files, join(kept, 'account.json'), Buffer.from(account));
  await files.flushFolder(kept);
  await files.flushFolder(folder);
  return kept;
}

function unusedName(files: FileSystem, path: string): string {
  for (let number = 2, name = path; ; number++) {
    if (!files.exists(name)) return name;
    name = `${path}-${number}`;
  }
}

/** A second name costs no space on a disk that may be full; where there are none, a copy. Damaged files are never written to. */
async function keepFile(files: FileSystem, from: string, to: string): Promise<void> {
  try {
    await files.link(from, to);
  } catch {
    await writeFile(files, to, readFile(files, from));
  }
}

function readFile(files: FileSystem, path: string): Buffer {
  const descriptor = files.openToRead(path);
  try {
    const content = Buffer.alloc(files.size(descriptor));
    for (let position = 0; position < content.length;) {
      const read = files.read(descriptor, content.subarray(position), position);
      if (read === 0) break;
      position += read;
    }
    return content;
  } finally {
    files.close(descriptor);
  }
}

async function writeFile(files: FileSystem, path: string, content: Uint8Array): Promise<void> {
  const descriptor = files.create(path);
  try {
    for (let position = 0; position < content.length;) {
      const written = files.write(descriptor, content, position, content.length - position, position);
      if (written === 0) throw new Error('the disk takes no more bytes');
      position += written;
    }
    await files.flushFile(descriptor);
  } finally {
    files.close(descriptor);
  }
}
