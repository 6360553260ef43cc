/**
 * A worker's stdout and stderr: messages are kept until acknowledged, everything else goes to its log.
 *
 * Flow: stdout is read only while the unacknowledged messages and the unwritten log are below a limit, stderr only
 * while the log is. So a worker that floods stops itself, and no one else. The limits are those of one worker, and lower while
 * many flood (see `MemoryBudget`).
 */
import type { Readable } from 'node:stream';
import type { Clock } from '../core/clock.ts';
import { DEFAULT_MAX_FRAME_BYTES, FrameDecoder, type StrayReason } from '../protocol/framing.ts';
import { OVERSIZED_METHOD, type OversizedDetail, type StrayDetail } from './contract.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { RetainedMessages } from './retained-messages.ts';
import { StrayReporter } from './stray-reporter.ts';
import type { WorkerLog } from './worker-log.ts';

/** Above this many bytes of unacknowledged messages stdout is not read. */
export const MAX_RETAINED_BYTES = 8 * 1024 * 1024;
/** Above this many bytes that wait for the disk neither stream is read. */
export const MAX_QUEUED_LOG_BYTES = 8 * 1024 * 1024;
/** How long after the end of its tree a worker's streams are read, when something outside the tree keeps them open. */
export const DRAIN_MILLISECONDS = 2000;
/** Of a frame above the size limit the log gets only the beginning: the rest would push out what explains it. */
const OVERSIZED_SAMPLE_BYTES = 1024;

export interface WorkerOutputOptions {
  handle: number;
  stdout: Readable;
  stderr: Readable;
  log: WorkerLog;
  /** Shared by all workers. */
  budget: MemoryBudget;
  clock: Clock;
  /** Called for every message, after it was kept. Must be cheap and must not throw. */
  onMessage: () => void;
  onStray: (detail: StrayDetail) => void;
  /** Both streams have ended, or were given up; everything they brought was kept or logged. Called once. */
  onEnd: () => void;
}

export class WorkerOutput {
  readonly messages: RetainedMessages;
  readonly #options: WorkerOutputOptions;
  readonly #stray: StrayReporter;
  #openStreams = 2;
  #oversizedLogged = 0;
  #isDraining = false;
  #cancelDrainTimer: (() => void) | undefined;

  constructor(options: WorkerOutputOptions) {
    this.#options = options;
    this.messages = new RetainedMessages(options.handle);
    this.#stray = new StrayReporter(options.clock, options.onStray);
    const { stdout, stderr, log } = options;
    const decoder = new FrameDecoder({
      onFrame: (body) => {
        this.#keep(body);
      },
      onStray: (bytes, reason) => this.#onStray(bytes, reason),
      onOversized: (bytes, beginning) => this.#onOversized(bytes, beginning),
    });
    stdout.on('data', (chunk: Buffer) => {
      decoder.push(chunk);
      if (this.messages.bytes > this.#most(MAX_RETAINED_BYTES) || this.#isLogFull()) this.#regulate();
    });
    stderr.on('data', (chunk: Buffer) => {
      log.appendStderr(chunk);
      if (this.#isLogFull()) this.#regulate();
    });
    for (const stream of [stdout, stderr]) {
      stream.on('error', () => {});
      stream.once('close', () => {
        if (stream === stdout) decoder.end();
        this.#openStreams -= 1;
        if (this.#openStreams === 0) this.#onEnd();
      });
    }
  }

  acknowledge(sequence: number): void {
    const before = this.messages.bytes;
    this.messages.acknowledge(sequence);
    this.#options.budget.change(this.messages.bytes - before);
    if (this.#options.stdout.isPaused()) this.#regulate();
  }

  /** The worker is forgotten, with whatever was never acknowledged. */
  forget(): void {
    this.#options.budget.change(-this.messages.bytes);
  }

  /** The worker's tree is gone: what its streams still hold is read, but no longer waited for than a while. */
  drain(): void {
    this.#isDraining = true;
    this.#limitDrain();
  }

  #keep(body: Buffer): void {
    const before = this.messages.bytes;
    this.messages.append(body);
    this.#options.budget.change(this.messages.bytes - before);
    this.#options.onMessage();
  }

  #most(most: number): number {
    return this.#options.budget.limit(most);
  }

  #isLogFull(): boolean {
    return this.#options.log.rotating.queuedBytes > this.#most(MAX_QUEUED_LOG_BYTES);
  }

  /**
   * Stops and resumes reading; resumes only at half the limit, so that it does not happen for every message. Pausing is
   * repeated even when paused, because Node resumes the streams of a child that exits.
   */
  #regulate(): void {
    const { stdout, stderr, log } = this.#options;
    if (this.#isLogFull()) {
      stdout.pause();
      stderr.pause();
      log.rotating.whenBelow(this.#most(MAX_QUEUED_LOG_BYTES) / 2, () => this.#regulate());
    } else {
      stderr.resume();
      const limit = this.#most(MAX_RETAINED_BYTES);
      if (this.messages.bytes > (stdout.isPaused() ? limit / 2 : limit)) stdout.pause();
      else stdout.resume();
    }
    this.#limitDrain();
  }

  /** A stream that is being read but never ends is given up; one that we ourselves do not read is waited for. */
  #limitDrain(): void {
    this.#cancelDrainTimer?.();
    this.#cancelDrainTimer = undefined;
    const { stdout, stderr, log, clock } = this.#options;
    if (!this.#isDraining || this.#openStreams === 0 || stdout.isPaused()) return;
    this.#cancelDrainTimer = clock.after(DRAIN_MILLISECONDS, () => {
      log.note('a process outside its tree still holds its output open');
      stdout.destroy();
      stderr.destroy();
    });
  }

  #onStray(bytes: Buffer, reason: StrayReason): void {
    const { log } = this.#options;
    this.#stray.add(bytes, reason);
    if (reason !== 'oversized') {
      this.#oversizedLogged = 0;
      log.appendStray(bytes);
      return;
    }
    if (this.#oversizedLogged === 0) log.note('a message above the size limit was dropped; it begins with');
    const sample = bytes.subarray(0, OVERSIZED_SAMPLE_BYTES - this.#oversizedLogged);
    this.#oversizedLogged += sample.length;
    if (sample.length > 0) log.appendStray(sample);
  }

  #onOversized(bytes: number, beginning: Buffer): void {
    this.#oversizedLogged = 0;
    const params: OversizedDetail = {
      bytes,
      limit: DEFAULT_MAX_FRAME_BYTES,
      beginning: beginning.toString('utf8'),
    };
    this.#keep(Buffer.from(JSON.stringify({ jsonrpc: '2.0', method: OVERSIZED_METHOD, params })));
  }

  #onEnd(): void {
    this.#cancelDrainTimer?.();
    this.#stray.end();
    this.#options.onEnd();
  }
}
