/**
 * What is appended to a log file, over any number of rotations. Looks at the file a few times a second instead of being
 * notified: notifications do not come from network file systems. What is rotated away between two looks is found under its
 * later name, and only what is no longer kept is missing; that is said where it is missing.
 */
import { stat, type FileHandle } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../core/clock.ts';
import { KEPT_LOGS, logFileOfAge } from './log-files.ts';
import { readTail } from './log-tail.ts';
import { openIfThere } from './open-if-there.ts';

const LOOK_INTERVAL = 250;
const CHUNK = 64 * 1024;
const LOOKS_AT_NAMES = 5;
const GONE = '[nightcrew] What was written here was rotated away before it could be shown.\n';

export class LogFollower {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #write: (text: string) => void;
  /** A character may come in two pieces. */
  #decoder = new StringDecoder('utf8');
  #handle: FileHandle | undefined;
  #position = 0;
  /** Files that were there before the open one: they are behind us, whatever becomes of that. */
  #earlier = new Set<string>();
  /** Whether what was written last ended its line. */
  #atLineEnd = true;
  #cancel: () => void = () => undefined;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(file: string, clock: Clock, write: (text: string) => void) {
    this.#file = file;
    this.#clock = clock;
    this.#write = write;
  }

  /** Writes the last `lines` lines and from then on what comes. */
  async start(lines: number): Promise<void> {
    // What is older than the log itself is not news, also where that is yet to come.
    this.#earlier = new Set((await this.#identities()).slice(1));
    this.#handle = await openIfThere(this.#file);
    if (this.#handle) {
      const { text, end } = await readTail(this.#handle, lines, this.#file);
      this.#position = end;
      this.#show(text);
    }
    this.#scheduleLook();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#looking;
    await this.#handle?.close();
    this.#handle = undefined;
  }

  #scheduleLook(): void {
    if (this.#stopped) return;
    this.#cancel = this.#clock.after(LOOK_INTERVAL, () => {
      this.#looking = this.#look().then(() => this.#scheduleLook());
    });
  }

  /** From file to file, until the newest one is read to its end. */
  async #look(): Promise<void> {
    while (!this.#stopped) {
      if (!this.#handle && !(await this.#goOnBehindGap())) return;
      // Looked up before the rest is read: once a file has another name, nothing is appended to it any more.
      const age = await this.#ageOf(this.#handle!);
      await this.#readOn();
      if (age === 0 || this.#stopped) return;
      if (!(await this.#goOn(age))) return;
    }
  }

  /** Takes the file that follows the one of this age, or the oldest when that one is not kept any more; false for none yet. */
  async #goOn(age: number | undefined): Promise<boolean> {
    if (age === undefined) return this.#goOnBehindGap();
    const next = await openIfThere(logFileOfAge(this.#file, age - 1));
    // Renamed again meanwhile: then it may be any.
    if (next && (await this.#ageOf(this.#handle!)) === age) {
      await this.#use(next);
      return true;
    }
    await next?.close();
    // Between the renaming of a log and its new beginning there is no file of age 0.
    return next !== undefined;
  }

  /** Takes the oldest file that is news; false when there is none. */
  async #goOnBehindGap(): Promise<boolean> {
    const hasBegun = this.#handle !== undefined;
    for (;;) {
      const named = await this.#identities();
      // Of a log that was removed itself, nothing was rotated away.
      const age = named.findLastIndex((identity) => identity !== '' && !this.#earlier.has(identity));
      if (age < 0) return false;
      const oldest = await openIfThere(logFileOfAge(this.#file, age));
      if (oldest === undefined || (await identityOf(oldest)) !== named[age]) {
        // Renamed meanwhile.
        await oldest?.close();
        continue;
      }
      await this.#use(oldest);
      // A log that had not begun has lost something only when as much came as is kept.
      if (age >= (hasBegun ? 1 : KEPT_LOGS)) this.#show(this.#atLineEnd ? GONE : `\n${GONE}`);
      return true;
    }
  }

  /** How often the open file was rotated; undefined when it is kept no longer. */
  async #ageOf(handle: FileHandle): Promise<number | undefined> {
    const opened = await identityOf(handle);
    // While names are being changed, a file can be missed under its old one and its new one.
    for (let look = 0; look < LOOKS_AT_NAMES; look++) {
      const named = await this.#identities();
      const age = named.indexOf(opened);
      if (age >= 0) {
        this.#earlier = new Set(named.slice(age + 1));
        return age;
      }
      if ((await handle.stat()).nlink === 0) return undefined;
    }
    return undefined;
  }

  /** Of the log and what was rotated away from it, by age; empty for none. */
  #identities(): Promise<string[]> {
    return Promise.all(
      Array.from({ length: KEPT_LOGS + 1 }, (_, age) => identityOf(logFileOfAge(this.#file, age))),
    );
  }

  async #use(handle: FileHandle | undefined): Promise<void> {
    await this.#handle?.close();
    this.#handle = handle;
    this.#position = 0;
    this.#decoder = new StringDecoder('utf8');
  }

  async #readOn(): Promise<void> {
    const chunk = Buffer.alloc(CHUNK);
    while (this.#handle && !this.#stopped) {
      const { size } = await this.#handle.stat();
      if (size < this.#position) this.#position = 0;
      const { bytesRead } = await this.#handle.read(chunk, 0, CHUNK, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      this.#show(this.#decoder.write(chunk.subarray(0, bytesRead)));
    }
  }

  #show(text: string): void {
    if (text === '') return;
    this.#atLineEnd = text.endsWith('\n');
    this.#write(text);
  }
}

/** Of a file that is open, or has this name; empty for none. An inode's number is used again, its time of birth is not. */
async function identityOf(file: FileHandle | string): Promise<string> {
  const looked = typeof file === 'string' ? stat(file, { bigint: true }) : file.stat({ bigint: true });
  const found = await looked.catch(() => undefined);
  return found ? `${found.dev} ${found.ino} ${found.birthtimeNs}` : '';
}
