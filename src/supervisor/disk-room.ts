/** How much room a folder's disk has, and whether it takes anything at all. */
import { rmSync, statfsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface DiskRoom {
  /** Bytes that may still be written; undefined when the file system does not tell. */
  free(): number | undefined;
  /** Resolves when so many bytes could be written and brought to the disk; rejects with the system's error. */
  probe(bytes: number): Promise<void>;
}

const CHUNK = Buffer.alloc(64 * 1024, 'room? ');

/** For the supervisor that has the turn: it removes what one that was killed while it tried the disk has left. */
export function diskRoom(folder: string): DiskRoom {
  const probeFile = join(folder, 'disk.probe');
  try {
    rmSync(probeFile, { force: true });
  } catch {
    // A disk that takes no change: it stays for the next start, or for the next try, which writes over it.
  }
  return {
    free() {
      try {
        const { blocks, bavail, bsize } = statfsSync(folder);
        return blocks === 0 ? undefined : bavail * bsize;
      } catch {
        return undefined;
      }
    },
    async probe(bytes) {
      try {
        const file = await open(probeFile, 'w', 0o600);
        try {
          for (let written = 0; written < bytes;) {
            const { bytesWritten } = await file.write(CHUNK, 0, Math.min(CHUNK.length, bytes - written));
            if (bytesWritten === 0) throw new Error('the disk takes no more bytes');
            written += bytesWritten;
          }
          // A quota, or a disk behind a network, may refuse only now.
          await file.datasync();
        } finally {
          await file.close();
        }
      } finally {
        await rm(probeFile, { force: true }).catch(() => undefined);
      }
    },
  };
}
