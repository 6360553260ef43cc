/**
 * What a supervisor has to say to its workers in one turn of the event loop: for each worker one frame with all of its
 * messages, already framed for its stdin, and one acknowledgement of the newest message. So the keeper has one write
 * for each worker and turn, however many messages there are.
 */
import { KeeperError, type Handle } from './contract.ts';
import { FrameKind, HEADER_BYTES, writeHeader, type FrameWriter } from './wire.ts';

const SLAB_BYTES = 64 * 1024;
/** A batch that would grow beyond this is handed to the socket before the turn ends. */
const MAX_BATCH_BYTES = 1024 * 1024;
/** Bytes of `Content-Length: `, up to ten digits and the two line ends. */
const LONGEST_HEADER = 30;

interface Batch {
  readonly handle: Handle;
  /** Number of the newest frame that was added. */
  frame: number;
  /** Bytes before `start` are sent and must stay as they are; a full slab is left to the socket. */
  slab: Buffer;
  start: number;
  end: number;
  acknowledged: number;
  sentAcknowledgement: number;
  isListed: boolean;
}

const NO_SLAB = Buffer.alloc(0);

export class InputBatches {
  readonly #batches = new Map<Handle, Batch>();
  readonly #writer: FrameWriter;
  #listed: Batch[] = [];

  constructor(writer: FrameWriter) {
    this.#writer = writer;
  }

  open(handle: Handle, deliveredFrame: number): void {
    this.#batches.set(handle, {
      handle,
      frame: deliveredFrame,
      slab: NO_SLAB,
      start: 0,
      end: 0,
      acknowledged: 0,
      sentAcknowledgement: 0,
      isListed: false,
    });
  }

  close(handle: Handle): void {
    this.#batches.delete(handle);
  }

  /** Returns the frame's number. Throws KeeperError `ESRCH` when the handle is not known. */
  add(handle: Handle, body: string): number {
    const batch = this.#batch(handle);
    const length = Buffer.byteLength(body);
    const header = `Content-Length: ${length}\r\n\r\n`;
    if (batch.end - batch.start + length > MAX_BATCH_BYTES) this.#writeInput(batch);
    makeRoom(batch, LONGEST_HEADER + length);
    if (batch.start === batch.end) batch.end += HEADER_BYTES;
    batch.end += batch.slab.write(header, batch.end, 'latin1');
    batch.end += batch.slab.write(body, batch.end, 'utf8');
    this.#list(batch);
    return ++batch.frame;
  }

  acknowledge(handle: Handle, sequence: number): void {
    const batch = this.#batches.get(handle);
    if (!batch || sequence <= batch.acknowledged) return;
    batch.acknowledged = sequence;
    this.#list(batch);
  }

  /** Hands what was gathered to the writer. */
  write(): void {
    const listed = this.#listed;
    if (listed.length === 0) return;
    this.#listed = [];
    for (const batch of listed) {
      batch.isListed = false;
      this.#writeInput(batch);
      if (batch.acknowledged > batch.sentAcknowledgement) {
        batch.sentAcknowledgement = batch.acknowledged;
        this.#writer.bare(FrameKind.acknowledge, batch.handle, batch.acknowledged);
      }
    }
  }

  #writeInput(batch: Batch): void {
    if (batch.end === batch.start) return;
    const length = batch.end - batch.start - HEADER_BYTES;
    writeHeader(batch.slab, batch.start, FrameKind.input, batch.handle, batch.frame, length);
    this.#writer.encoded(batch.slab.subarray(batch.start, batch.end));
    batch.start = batch.end;
  }

  #batch(handle: Handle): Batch {
    const batch = this.#batches.get(handle);
    if (!batch) throw new KeeperError('ESRCH', `there is no process ${handle}`);
    return batch;
  }

  #list(batch: Batch): void {
    if (batch.isListed) return;
    batch.isListed = true;
    this.#listed.push(batch);
    this.#writer.schedule();
  }
}

/** Room for `bytes` more in this turn's batch; what the batch holds already moves along into a new slab. */
function makeRoom(batch: Batch, bytes: number): void {
  const used = batch.end - batch.start;
  if (batch.slab.length - batch.end >= HEADER_BYTES + bytes) return;
  const slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, HEADER_BYTES + 2 * used + bytes));
  batch.slab.copy(slab, 0, batch.start, batch.end);
  batch.slab = slab;
  batch.start = 0;
  batch.end = used;
}
