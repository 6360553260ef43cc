/**
 * What is appended to a log file, also when it is rotated away and begun anew. Looks at the file a few times a second
 * instead of being notified: notifications do not come from network file systems.
 */
import { open, stat, type FileHandle } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../core/clock.ts';
import { readTail } from './log-tail.ts';

const LOOK_INTERVAL = 250;
const CHUNK = 64 * 1024;

export class LogFollower {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #write: (text: string) => void;
  /** A character may come in two pieces. */
  #decoder = new StringDecoder('utf8');
  #handle: FileHandle | undefined;
  #position = 0;
  #cancel: () => void = () => undefined;
  #stopped = false;

  constructor(file: string, clock: Clock, write: (text: string) => void) {
    this.#file = file;
    this.#clock = clock;
    this.#write = write;
  }

  /** Writes the last `lines` lines and from then on what comes. */
  async start(lines: number): Promise<void> {
    this.#handle = await openIfThere(this.#file);
    if (this.#handle) {
      const { text, end } = await readTail(this.#handle, lines);
      this.#position = end;
      this.#write(text);
    }
    this.#scheduleLook();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#handle?.close();
    this.#handle = undefined;
  }

  #scheduleLook(): void {
    if (this.#stopped) return;
    this.#cancel = this.#clock.after(LOOK_INTERVAL, () => void this.#look().then(() => this.#scheduleLook()));
  }

  async #look(): Promise<void> {
    // The old file is read to its end before the new one is begun, in this order: nothing is appended to it any more.
    const rotated = await this.#isRotated();
    await this.#readOn();
    if (!rotated || this.#stopped) return;
    await this.#handle?.close();
    this.#handle = await openIfThere(this.#file);
    this.#position = 0;
    this.#decoder = new StringDecoder('utf8');
    await this.#readOn();
  }

  /** Whether the name stands for another file than the one that is open. */
  async #isRotated(): Promise<boolean> {
    if (!this.#handle) return true;
    const [now, opened] = await Promise.all([stat(this.#file).catch(() => undefined), this.#handle.stat()]);
    if (now === undefined) return false;
    return now.ino !== opened.ino || now.dev !== opened.dev;
  }

  async #readOn(): Promise<void> {
    const chunk = Buffer.alloc(CHUNK);
    while (this.#handle && !this.#stopped) {
      const { size } = await this.#handle.stat();
      if (size < this.#position) this.#position = 0;
      const { bytesRead } = await this.#handle.read(chunk, 0, CHUNK, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      this.#write(this.#decoder.write(chunk.subarray(0, bytesRead)));
    }
  }
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
