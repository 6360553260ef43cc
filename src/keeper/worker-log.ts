/**
 * What a worker's log holds, over all of its launches: a header line for each launch, its stderr as it came, and what it
 * wrote to stdout that is no message, each line marked. Lines of different sources never run into each other.
 */
import { MemoryBudget } from './memory-budget.ts';
import { redactCommand } from './redact-command.ts';
import { RotatingLog } from './rotating-log.ts';

/** Marks lines of a worker's stdout: they belong to a `print` that should have gone to stderr. */
const STRAY_PREFIX = '[stdout] ';
const LF = 0x0a;
const LINE_END = Buffer.from('\n');

type Source = 'stderr' | 'stdout';

export class WorkerLog {
  readonly rotating: RotatingLog;
  /** Who wrote the line that has not ended yet, if one has not. */
  #openLineOf: Source | undefined;

  constructor(rotating: RotatingLog) {
    this.rotating = rotating;
  }

  /** Returns the position from which the log holds what this launch wrote. */
  beginLaunch(at: number, worker: string, launch: number, command: readonly string[]): number {
    this.#endOpenLine();
    this.#appendText(
      `[nightcrew] ${new Date(at).toISOString()} launch ${launch} of ${worker}: ${redactCommand(command)}\n`,
    );
    return this.rotating.position;
  }

  /** A remark of the keeper. */
  note(text: string): void {
    this.#endOpenLine();
    this.#appendText(`[nightcrew] ${text}\n`);
  }

  appendStderr(bytes: Buffer): void {
    this.#begin('stderr');
    this.rotating.append(bytes);
    if (bytes.at(-1) === LF) this.#openLineOf = undefined;
  }

  appendStray(bytes: Buffer): void {
    const goesOn = this.#openLineOf === 'stdout';
    this.#begin('stdout');
    // latin1 keeps every byte as it is, whatever the worker's encoding.
    const text = bytes.toString('latin1');
    const ended = text.endsWith('\n');
    const lines = (ended ? text.slice(0, -1) : text).replaceAll('\n', `\n${STRAY_PREFIX}`);
    this.rotating.append(Buffer.from(`${goesOn ? '' : STRAY_PREFIX}${lines}${ended ? '\n' : ''}`, 'latin1'));
    if (ended) this.#openLineOf = undefined;
  }

  #begin(source: Source): void {
    if (this.#openLineOf !== source) this.#endOpenLine();
    this.#openLineOf = source;
  }

  #endOpenLine(): void {
    if (this.#openLineOf !== undefined) this.rotating.append(LINE_END);
    this.#openLineOf = undefined;
  }

  #appendText(text: string): void {
    this.rotating.append(Buffer.from(text, 'utf8'));
  }
}

/** The logs in use, one object for each file: two launches of a worker may overlap for a moment. */
export class WorkerLogs {
  readonly #logs = new Map<string, { log: WorkerLog; users: number }>();
  readonly #onQueued: (bytes: number) => void;

  constructor(budget = new MemoryBudget()) {
    this.#onQueued = (bytes) => budget.change(bytes);
  }

  acquire(file: string): WorkerLog {
    let entry = this.#logs.get(file);
    if (!entry) {
      entry = { log: new WorkerLog(new RotatingLog(file, { onQueued: this.#onQueued })), users: 0 };
      this.#logs.set(file, entry);
    }
    entry.users += 1;
    return entry.log;
  }

  /** Lets go of the file when nobody uses it any more. */
  async release(file: string): Promise<void> {
    const entry = this.#logs.get(file);
    if (!entry || --entry.users > 0) return;
    await entry.log.rotating.flush();
    if (entry.users > 0) return;
    this.#logs.delete(file);
    await entry.log.rotating.close();
  }
}
