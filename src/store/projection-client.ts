/**
 * The main thread's side of the projection thread. Records are collected for a few milliseconds and sent together: each
 * message wakes the other thread, which costs as much as applying an event.
 */
import type { Clock } from '../core/clock.ts';
import { StoreError } from './store-error.ts';
import { ProjectionLag } from './projection-lag.ts';
import type { FromProjection, SnapshotReport, ToProjection } from './projection-messages.ts';
import type { ProjectionQueries, QueryName } from './queries/answer.ts';
import type { ReplayReport } from './replay.ts';

/** Long enough for a few dozen short jobs, short enough that nobody sees it. */
const SEND_DELAY_MILLISECONDS = 5;
/** Records are sent at once beyond this many characters. */
const SEND_LENGTH = 256 * 1024;

export interface WrittenSnapshot {
  sequence: number;
  bytes: number;
}

/** Where the projection runs: a thread; in tests also this one. */
export interface ProjectionHost {
  postMessage(message: ToProjection): void;
  on(event: 'message', listener: (message: FromProjection) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
}

interface Pending<Result> {
  resolve: (result: Result) => void;
  reject: (error: StoreError) => void;
}

export class ProjectionClient {
  /** Resolves when the snapshot has been opened; rejects with a StoreError when the files cannot be used. */
  readonly opened: Promise<SnapshotReport>;
  readonly lag = new ProjectionLag();
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #onFailure: (error: StoreError) => void;
  readonly #host: ProjectionHost;
  readonly #exited: Promise<void>;
  #opening!: Pending<SnapshotReport>;
  readonly #queries = new Map<number, Pending<never>>();
  #nextQuery = 1;
  #snapshot: Pending<WrittenSnapshot> | undefined;
  #replayed: Pending<ReplayReport> | undefined;
  #outbox = '';
  #cancelSend: (() => void) | undefined;
  #closing = false;
  #failure: StoreError | undefined;

  constructor(host: ProjectionHost, folder: string, clock: Clock, onFailure: (error: StoreError) => void) {
    this.#host = host;
    this.#folder = folder;
    this.#clock = clock;
    this.#onFailure = onFailure;
    this.opened = new Promise((resolve, reject) => {
      this.#opening = { resolve, reject };
    });
    this.#host.on('message', (message: FromProjection) => this.#receive(message));
    this.#host.on('error', (error) => this.#fail(error));
    this.#exited = new Promise((resolve) =>
      this.#host.on('exit', (code) => {
        if (!this.#closing) this.#fail(new Error(`the thread ended with code ${code}`));
        resolve();
      }),
    );
  }

  /** Sends the text of a record, soon and in order. */
  send(record: string): void {
    this.lag.sent(record.length);
    this.#outbox = this.#outbox === '' ? record : `${this.#outbox},${record}`;
    if (this.#outbox.length >= SEND_LENGTH) this.#sendNow();
    else this.#cancelSend ??= this.#clock.after(SEND_DELAY_MILLISECONDS, () => this.#sendNow());
  }

  /** Sends the text of records that were read from the journal, at once. */
  replay(records: string): void {
    this.#post({ type: 'replay', records });
  }

  /** Ends the replay. `moreLost`: events are known to be missing behind the last record. */
  finishReplay(moreLost: boolean): Promise<ReplayReport> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#replayed = { resolve, reject };
      this.#post({ type: 'replayed', moreLost });
    });
  }

  /** Asks a question; the answer reflects every record sent before. */
  query<Name extends QueryName>(
    name: Name,
    parameters: ProjectionQueries[Name]['parameters'],
  ): Promise<ProjectionQueries[Name]['result']> {
    if (this.#failure) return Promise.reject(this.#failure);
    this.#sendNow();
    const id = this.#nextQuery++;
    return new Promise((resolve, reject) => {
      this.#queries.set(id, { resolve, reject });
      this.#post({ type: 'query', id, name, parameters });
    });
  }

  /** Resolves when the partial snapshot, as of the records sent before, is on the disk. One at a time. */
  writePartialSnapshot(): Promise<WrittenSnapshot> {
    if (this.#failure) return Promise.reject(this.#failure);
    this.#sendNow();
    return new Promise((resolve, reject) => {
      this.#snapshot = { resolve, reject };
      this.#post({ type: 'snapshot' });
    });
  }

  /** Ends the thread after all that was sent. Idempotent. */
  async close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = true;
      this.#sendNow();
      this.#post({ type: 'close' });
    }
    await this.#exited;
    this.#rejectAll(new StoreError('The store is closed.', this.#folder, 'Start the crew again.'));
  }

  #sendNow(): void {
    this.#cancelSend?.();
    this.#cancelSend = undefined;
    if (this.#outbox === '') return;
    const mark = this.lag.takeMark();
    this.#post({ type: 'apply', records: this.#outbox, ...(mark === undefined ? {} : { mark }) });
    this.#outbox = '';
  }

  #post(message: ToProjection): void {
    this.#host.postMessage(message);
  }

  #receive(message: FromProjection): void {
    switch (message.type) {
      case 'opened':
        return this.#opening.resolve(message.snapshot);
      case 'refused':
        return this.#refuse(message.error);
      case 'applied':
        return this.lag.applied(message.mark);
      case 'replayReport':
        return this.#replayed?.resolve(message.report);
      case 'answer':
        return this.#settle(message.id, (query) => query.resolve(JSON.parse(message.json) as never));
      case 'unanswered':
        return this.#settle(message.id, (query) => query.reject(this.#error(message.message)));
      case 'snapshotWritten':
        this.#snapshot?.resolve(message);
        this.#snapshot = undefined;
        return;
      case 'snapshotFailed':
        this.#snapshot?.reject(this.#error(message.message));
        this.#snapshot = undefined;
        return;
    }
  }

  #settle(id: number, settle: (query: Pending<never>) => void): void {
    const query = this.#queries.get(id);
    this.#queries.delete(id);
    if (query) settle(query);
  }

  #refuse({ message, file, nextStep }: { message: string; file: string; nextStep: string }): void {
    this.#closing = true;
    this.#failure = new StoreError(message, file, nextStep);
    this.#opening.reject(this.#failure);
  }

  #error(message: string): StoreError {
    return new StoreError(message, this.#folder, 'Try again; if it stays, report it with the log.');
  }

  /** The journal is untouched by this, so a new start finds all that was acknowledged. */
  #fail(cause: unknown): void {
    if (this.#failure) return;
    const detail = cause instanceof Error ? cause.message : String(cause);
    this.#failure = new StoreError(
      `The database thread has ended: ${detail}`,
      this.#folder,
      'Start the crew again; nothing that was acknowledged is lost. If it stays, report it with the log.',
      { cause },
    );
    this.#opening.reject(this.#failure);
    this.#rejectAll(this.#failure);
    this.#onFailure(this.#failure);
  }

  #rejectAll(error: StoreError): void {
    this.lag.fail(error);
    for (const query of this.#queries.values()) query.reject(error);
    this.#queries.clear();
    this.#replayed?.reject(error);
    this.#snapshot?.reject(error);
    this.#snapshot = undefined;
  }
}
