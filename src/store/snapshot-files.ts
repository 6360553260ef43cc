/**
 * The snapshot's files: `nightcrew.db` is the newest, `nightcrew.db.previous` the one before, kept until the next one is on the
 * disk. Other programs may read `nightcrew.db` at any time: it is only ever replaced as a whole.
 */
import { join } from 'node:path';
import type { FileSystem } from './file-system.ts';

export interface SnapshotPaths {
  folder: string;
  current: string;
  previous: string;
  /** A snapshot that is being written. */
  partial: string;
}

export function snapshotPaths(folder: string): SnapshotPaths {
  const current = join(folder, 'nightcrew.db');
  return { folder, current, previous: `${current}.previous`, partial: `${current}.partial` };
}

/** Makes the partial snapshot, whose content is on the disk, the current one. */
export async function publishSnapshot(files: FileSystem, paths: SnapshotPaths): Promise<void> {
  if (files.exists(paths.current)) await keepAsPrevious(files, paths);
  await files.rename(paths.partial, paths.current);
  await files.flushFolder(paths.folder);
}

/** A second name first, so that there is a current snapshot at every moment; a move where names cannot be doubled (exFAT, SMB). */
async function keepAsPrevious(files: FileSystem, paths: SnapshotPaths): Promise<void> {
  const link = `${paths.previous}.new`;
  try {
    await files.remove(link);
    await files.link(paths.current, link);
    await files.rename(link, paths.previous);
  } catch {
    await files.rename(paths.current, paths.previous);
  }
}
