/**
 * What a worker's log holds, over all of its launches: a header line for each launch, its stderr as it came, and what it
 * wrote to stdout that is no message, each line marked.
 *
 * Output comes in pieces that end anywhere, and of two streams at once. So the beginning of a line waits until the line is
 * whole, and lines of different streams do not tear each other. It waits for a moment only: a prompt without a line's end
 * is shown, too.
 */
import { systemClock, type Clock } from '../core/clock.ts';
import { MemoryBudget } from './memory-budget.ts';
import { redactCommand } from './redact-command.ts';
import { RotatingLog, type RotatingLogOptions } from './rotating-log.ts';

/** Marks lines of a worker's stdout: they belong to a `print` that should have gone to stderr. */
const STRAY_PREFIX = '[stdout] ';
const LF = 0x0a;
const LINE_END = Buffer.from('\n');
/** The beginning of a line is written without its end after so long, milliseconds, or when it is so long, bytes. */
const PATIENCE = 200;
const LONGEST_HELD = 64 * 1024;

type Source = 'stderr' | 'stdout';

/** A line that has begun and not ended. */
interface HeldLine {
  pieces: Buffer[];
  bytes: number;
  since: number;
}

export class WorkerLog {
  readonly rotating: RotatingLog;
  readonly #clock: Clock;
  readonly #held = new Map<Source, HeldLine>();
  #cancelWait: (() => void) | undefined;
  /** Who wrote the line that the log ends with, if that has not ended yet. */
  #openLineOf: Source | undefined;

  constructor(rotating: RotatingLog, clock: Clock = systemClock) {
    this.rotating = rotating;
    this.#clock = clock;
  }

  /** Returns the position from which the log holds what this launch wrote. */
  beginLaunch(at: number, worker: string, launch: number, command: readonly string[]): number {
    this.note(`${new Date(at).toISOString()} launch ${launch} of ${worker}: ${redactCommand(command)}`);
    return this.rotating.position;
  }

  /** Nothing more comes of a launch; returns the position to which the log holds what it wrote. */
  endLaunch(): number {
    this.#writeHeld();
    return this.rotating.position;
  }

  /** A remark of the keeper. */
  note(text: string): void {
    this.#writeHeld();
    this.#endOpenLine();
    this.rotating.append(Buffer.from(`[nightcrew] ${text}\n`, 'utf8'));
  }

  appendStderr(bytes: Buffer): void {
    this.#take('stderr', bytes);
  }

  appendStray(bytes: Buffer): void {
    this.#take('stdout', bytes);
  }

  #take(source: Source, bytes: Buffer): void {
    const held = this.#held.get(source);
    const whole = bytes.lastIndexOf(LF) + 1;
    if (whole > 0) {
      this.#held.delete(source);
      for (const piece of held?.pieces ?? []) this.#write(source, piece);
      this.#write(source, bytes.subarray(0, whole));
      this.#hold(source, bytes.subarray(whole));
    } else if (held) {
      held.pieces.push(bytes);
      held.bytes += bytes.length;
    } else this.#hold(source, bytes);
    if ((this.#held.get(source)?.bytes ?? 0) > LONGEST_HELD) this.#writeHeldOf(source);
  }

  #hold(source: Source, bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#held.set(source, { pieces: [bytes], bytes: bytes.length, since: this.#clock.monotonic() });
    this.#cancelWait ??= this.#clock.after(PATIENCE, () => this.#stopWaiting());
  }

  /** A disk that is slow holds the streams back, and their lines with them: then their ends are still to come. */
  #stopWaiting(): void {
    this.#cancelWait = undefined;
    const isHeldBack = this.rotating.queuedBytes > 0;
    const now = this.#clock.monotonic();
    for (const [source, { since }] of this.#held) {
      if (!isHeldBack && now - since >= PATIENCE) this.#writeHeldOf(source);
    }
    if (this.#held.size > 0) this.#cancelWait = this.#clock.after(PATIENCE, () => this.#stopWaiting());
  }

  #writeHeld(): void {
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    for (const source of this.#held.keys()) this.#writeHeldOf(source);
  }

  #writeHeldOf(source: Source): void {
    const held = this.#held.get(source);
    this.#held.delete(source);
    for (const piece of held?.pieces ?? []) this.#write(source, piece);
  }

  #write(source: Source, bytes: Buffer): void {
    const goesOn = this.#openLineOf === source;
    if (!goesOn) this.#endOpenLine();
    this.rotating.append(source === 'stdout' ? marked(bytes, goesOn) : bytes);
    this.#openLineOf = bytes.at(-1) === LF ? undefined : source;
  }

  #endOpenLine(): void {
    if (this.#openLineOf !== undefined) this.rotating.append(LINE_END);
    this.#openLineOf = undefined;
  }
}

function marked(bytes: Buffer, goesOn: boolean): Buffer {
  // latin1 keeps every byte as it is, whatever the worker's encoding.
  const text = bytes.toString('latin1');
  const ended = text.endsWith('\n');
  const lines = (ended ? text.slice(0, -1) : text).replaceAll('\n', `\n${STRAY_PREFIX}`);
  return Buffer.from(`${goesOn ? '' : STRAY_PREFIX}${lines}${ended ? '\n' : ''}`, 'latin1');
}

/** The logs in use, one object for each file: two launches of a worker may overlap for a moment. */
export class WorkerLogs {
  readonly #logs = new Map<string, { log: WorkerLog; users: number }>();
  readonly #clock: Clock;
  readonly #options: RotatingLogOptions;

  /** `placeIsThere`: see `RotatingLogOptions`. */
  constructor(budget = new MemoryBudget(), clock: Clock = systemClock, placeIsThere = (): boolean => true) {
    this.#clock = clock;
    this.#options = { clock, placeIsThere, onQueued: (bytes) => budget.change(bytes) };
  }

  acquire(file: string): WorkerLog {
    let entry = this.#logs.get(file);
    if (!entry) {
      entry = { log: new WorkerLog(new RotatingLog(file, this.#options), this.#clock), users: 0 };
      this.#logs.set(file, entry);
    }
    entry.users += 1;
    return entry.log;
  }

  /** Lets go of the file when nobody uses it any more. */
  async release(file: string): Promise<void> {
    const entry = this.#logs.get(file);
    if (!entry || --entry.users > 0) return;
    entry.log.endLaunch();
    await entry.log.rotating.flush();
    if (entry.users > 0) return;
    this.#logs.delete(file);
    await entry.log.rotating.close();
  }
}
