/** Fills the disk of the workspace to the last byte. Without a disk of its own it does nothing: others would suffer. */
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ChaosFolder } from './chaos-folder.ts';

const PIECE = Buffer.alloc(1024 * 1024);

export class FullDisk {
  readonly #folder: ChaosFolder;

  constructor(folder: ChaosFolder) {
    this.#folder = folder;
  }

  fill(): void {
    if (!this.#folder.hasOwnDisk) return;
    const descriptor = openSync(this.#ballast, 'a');
    try {
      for (let size = PIECE.length; size > 0; size = Math.floor(size / 16)) this.#fillWith(descriptor, size);
    } finally {
      closeSync(descriptor);
    }
    const { bavail, bsize } = statfsSync(this.#folder.disk);
    this.#folder.trace('disk-full', { free: bavail * bsize });
  }

  free(): void {
    if (!this.#folder.hasOwnDisk) return;
    rmSync(this.#ballast, { force: true });
    this.#folder.trace('disk-free');
  }

  get #ballast(): string {
    return join(this.#folder.disk, 'ballast');
  }

  #fillWith(descriptor: number, size: number): void {
    try {
      while (writeSync(descriptor, PIECE, 0, size) > 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}
