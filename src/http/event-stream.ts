/**
 * Server-sent events: the state, then what changes in it. Each event has an id; a client that was cut off names the last one it
 * has (browsers and most libraries do by themselves) and gets what it missed, or the whole state when that is too long ago.
 */
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { CrewState } from '../control/crew-state.ts';
import type { Clock } from '../core/clock.ts';
import type { CrewListener } from './crew-connection.ts';
import { HttpError } from './http-error.ts';

/** What is kept for those who come back. */
const MOST_KEPT = 1_000;
const MOST_KEPT_BYTES = 8 * 1024 * 1024;
/** A reader that leaves so much unread is cut off; it comes back and goes on from its last event. */
const MOST_UNREAD = 4 * 1024 * 1024;
const MOST_READERS = 64;
/** Keeps proxies and readers from taking silence for death; milliseconds. */
const HEARTBEAT = 15_000;
/** Beats in which a reader may take nothing of what waits for it. */
const PATIENT_BEATS = 2;

export type EventKind = 'state' | 'delta' | 'notice' | 'lost';

interface Kept {
  number: number;
  text: string;
}

interface Reader {
  response: ServerResponse;
  /** Beats since it took all that there was. */
  behind: number;
}

export class EventStream implements CrewListener {
  readonly #clock: Clock;
  readonly #onReaders: (any: boolean) => void;
  readonly #readers = new Set<Reader>();
  /** Numbers count within it: with another supervisor, or after a pause, nothing can be resumed. */
  #epoch = randomBytes(6).toString('hex');
  #number = 0;
  #kept: Kept[] = [];
  #keptBytes = 0;
  #cancelBeat: () => void = () => undefined;

  /** `onReaders` is told when the first reader came or the last one went. */
  constructor(clock: Clock, onReaders: (any: boolean) => void) {
    this.#clock = clock;
    this.#onReaders = onReaders;
  }

  get readers(): number {
    return this.#readers.size;
  }

  began(crew: CrewState): void {
    this.#epoch = randomBytes(6).toString('hex');
    this.#number = 0;
    this.#kept = [];
    this.#keptBytes = 0;
    this.#publish('state', crew);
  }

  changed(delta: object): void {
    this.#publish('delta', delta);
  }

  noticed(notice: object): void {
    this.#publish('notice', notice);
  }

  lost(): void {
    this.#publish('lost', {});
  }

  /** Throws HttpError when there are too many; before anything of the answer is written. */
  requireRoom(): void {
    if (this.#readers.size < MOST_READERS) return;
    throw new HttpError('unavailable', `${MOST_READERS} readers follow the events already.`, {
      nextStep: 'End one of them.',
      headers: { 'Retry-After': '10' },
    });
  }

  /** The head of the answer was written. `crew` is the state that all events until now lead to. */
  add(response: ServerResponse, crew: CrewState, lastEventId: string | undefined): void {
    const reader: Reader = { response, behind: 0 };
    this.#readers.add(reader);
    response.once('close', () => this.#remove(reader));
    response.on('error', () => response.destroy());
    response.write('retry: 2000\n\n');
    const missed = this.#missed(lastEventId);
    if (missed) for (const { text } of missed) response.write(text);
    else response.write(this.#text('state', this.#number, crew));
    if (this.#readers.size > 1) return;
    this.#onReaders(true);
    this.#beat();
  }

  close(): void {
    this.#cancelBeat();
    for (const { response } of this.#readers) response.end();
  }

  /** Undefined when the id is of another epoch, or what followed it is not kept any more. */
  #missed(lastEventId: string | undefined): Kept[] | undefined {
    const [, epoch, digits] = /^([0-9a-f]{12})\.(\d{1,15})$/.exec(lastEventId ?? '') ?? [];
    const seen = Number(digits);
    if (epoch !== this.#epoch || seen > this.#number) return undefined;
    const oldest = this.#kept[0]?.number ?? this.#number + 1;
    return seen + 1 >= oldest ? this.#kept.filter(({ number }) => number > seen) : undefined;
  }

  #publish(kind: EventKind, data: object): void {
    const number = ++this.#number;
    const text = this.#text(kind, number, data);
    this.#kept.push({ number, text });
    this.#keptBytes += text.length;
    while (this.#kept.length > MOST_KEPT || this.#keptBytes > MOST_KEPT_BYTES) {
      this.#keptBytes -= this.#kept.shift()!.text.length;
    }
    for (const { response } of this.#readers) {
      if (response.writableLength > MOST_UNREAD) response.destroy();
      else response.write(text);
    }
  }

  #text(kind: EventKind, number: number, data: object): string {
    return `id: ${this.#epoch}.${number}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  #beat(): void {
    this.#cancelBeat = this.#clock.after(HEARTBEAT, () => {
      for (const reader of this.#readers) {
        reader.behind = reader.response.writableLength > 0 ? reader.behind + 1 : 0;
        if (reader.behind > PATIENT_BEATS) reader.response.destroy();
        else reader.response.write(': alive\n\n');
      }
      this.#beat();
    });
  }

  #remove(reader: Reader): void {
    if (!this.#readers.delete(reader) || this.#readers.size > 0) return;
    this.#cancelBeat();
    this.#onReaders(false);
  }
}
