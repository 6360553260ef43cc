import { open, type FileHandle } from 'node:fs/promises';

/** The file opened for reading; nothing when there is none. Rejects for any other reason. */
export async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
