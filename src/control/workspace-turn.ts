/**
 * The turn to supervise a workspace (see `turn.ts`), with the tickets as files in `.nightcrew/turn/`: taken at the start, shown
 * to be still there before anything is written, given back at the end.
 *
 * A ticket of another machine or container says nothing by its PID. Its holder touches it every few seconds, but silence proves
 * nothing either: a machine that sleeps or has lost its network is silent and has its workers. So only a person who knows that
 * it is gone may have it taken over, and even then not while it is touched. On one machine age never counts.
 */
import { createHash } from 'node:crypto';
import {
  accessSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';
import type { ProcessIdentity } from '../core/worker.ts';
import { isAlive } from '../keeper/process-identity.ts';
import {
  isBefore,
  parseTicketName,
  takeTurn,
  ticketName,
  type Starter,
  type Ticket,
  type Tickets,
} from './turn.ts';

/** Between two touches of the holder's ticket; milliseconds. */
export const TOUCH_INTERVAL = 5_000;
/** How long a ticket of another machine is watched; some file systems show a touch only after seconds. */
const WATCH_PATIENCE = 20_000;
const WATCH_INTERVAL = 250;

/** Who has the turn instead, as far as its ticket tells. */
export interface TurnHolder {
  process: ProcessIdentity;
  /** Its machine, when that is another one, or another container. */
  machine?: string;
  /** When that machine gave a sign of life, milliseconds since 1970 by the clock of whoever keeps the files. */
  touchedAt?: number | undefined;
  /** Where its socket is. */
  runtimeFolder?: string;
}

export interface TakeTurnOptions {
  /** `<workspace>/.nightcrew` */
  stateFolder: string;
  runtimeFolder: string;
  process: ProcessIdentity;
  clock: Clock;
  /** See `Starter`. */
  awaits?: (holder: TurnHolder) => Promise<boolean>;
  /** A person has said that the machine which holds the turn is gone. */
  takeOver?: boolean;
  /** For tests. Default: where this process runs. */
  place?: string;
  /** How long a ticket of another machine is watched; milliseconds. */
  watchPatience?: number;
}

export class WorkspaceTurn {
  readonly #folder: string;
  readonly #content: string;
  readonly #ticket: Ticket;
  readonly #path: string;
  readonly #clock: Clock;
  /** Somebody else's ticket was in front, of another machine that was gone. */
  readonly isTakenOver: boolean;
  #touchedAt: number;
  #lost = false;

  private constructor(folder: string, content: string, ticket: Ticket, clock: Clock, isTakenOver: boolean) {
    this.#folder = folder;
    this.#content = content;
    this.#ticket = ticket;
    this.#path = join(folder, ticketName(ticket));
    this.#clock = clock;
    this.isTakenOver = isTakenOver;
    this.#touchedAt = clock.monotonic();
    this.#tryTo(() => writeFileSync(this.#path, content));
  }

  static async take(options: TakeTurnOptions): Promise<WorkspaceTurn | { holder: TurnHolder }> {
    const { stateFolder, runtimeFolder, process, clock, awaits } = options;
    const folder = join(stateFolder, 'turn');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const place = options.place ?? placeOfThisProcess();
    const patience = options.watchPatience ?? WATCH_PATIENCE;
    let isTakenOver = false;
    const starter: Starter = {
      process,
      place,
      isGone: async (ticket) => {
        if (ticket.place === place) return !(await isAlive(ticket.process));
        if (options.takeOver !== true) return false;
        const isGone = await isSilent(join(folder, ticketName(ticket)), patience);
        isTakenOver ||= isGone;
        return isGone;
      },
    };
    if (awaits) starter.awaits = (ticket) => awaits(describe(folder, ticket, place));
    const turn = await takeTurn(ticketsIn(folder), starter);
    if (!turn.taken) return { holder: describe(folder, turn.holder, place) };
    return new WorkspaceTurn(folder, JSON.stringify({ runtimeFolder }), turn.ticket, clock, isTakenOver);
  }

  /**
   * Whether it is still ours; costs one system call. A ticket that vanished, though its process lives, was removed by hand: it
   * is put back unless somebody has come meanwhile. Once lost it stays lost.
   */
  isOurs(): boolean {
    if (this.#lost) return false;
    try {
      accessSync(this.#path);
    } catch (error) {
      // A disk that fails to answer says nothing about whose turn it is.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.#lost = !this.#putBack();
    }
    return !this.#lost;
  }

  /** Shows other machines that the holder lives; to be called often. */
  touch(): void {
    const now = this.#clock.monotonic();
    if (now - this.#touchedAt < TOUCH_INTERVAL) return;
    this.#touchedAt = now;
    const at = new Date(this.#clock.now());
    this.#tryTo(() => utimesSync(this.#path, at, at));
  }

  release(): void {
    this.#lost = true;
    this.#tryTo(() => rmSync(this.#path, { force: true }));
  }

  /** The same order of steps as a starter's: who sees a higher ticket than its own gives way. */
  #putBack(): boolean {
    try {
      // Never the workspace: one that was moved must not come back.
      for (const path of [dirname(this.#folder), this.#folder]) if (!existsSync(path)) mkdirSync(path);
      if (this.#othersAreThere()) return false;
      writeFileSync(this.#path, this.#content, { flag: 'wx', mode: 0o600 });
      if (!this.#othersAreThere()) return true;
      rmSync(this.#path, { force: true });
      return false;
    } catch {
      // The workspace is gone, or cannot be written to.
      return false;
    }
  }

  #othersAreThere(): boolean {
    return namesOfTickets(this.#folder).some((name) => name !== ticketName(this.#ticket));
  }

  /** What only informs others must not keep a supervisor from its work. */
  #tryTo(inform: () => void): void {
    try {
      inform();
    } catch {
      // The disk is full or failing; whoever writes to the journal is told.
    }
  }
}

/**
 * Who has the turn of a workspace on another machine or in another container, as far as the tickets tell; undefined when nobody
 * there has drawn one.
 */
export function holderElsewhere(stateFolder: string): TurnHolder | undefined {
  const folder = join(stateFolder, 'turn');
  const place = placeOfThisProcess();
  try {
    const [first] = namesOfTickets(folder)
      .map((name) => parseTicketName(name)!)
      .filter((ticket) => ticket.place !== place)
      .sort((left, right) => (isBefore(left, right) ? -1 : 1));
    return first && describe(folder, first, place);
  } catch {
    // No supervisor has been here yet, or nothing can be read; whoever starts one finds out.
    return undefined;
  }
}

/** The tickets of a folder; files that are none are passed over. */
export function ticketsIn(folder: string): Tickets {
  return {
    list: async () => namesOfTickets(folder).map((name) => parseTicketName(name)!),
    // Empty: its name says it all, and an empty file needs no space on a full disk.
    make: async (ticket) => closeSync(openSync(join(folder, ticketName(ticket)), 'wx', 0o600)),
    remove: async (ticket) => rmSync(join(folder, ticketName(ticket)), { force: true }),
  };
}

function namesOfTickets(folder: string): string[] {
  return readdirSync(folder).filter((name) => parseTicketName(name) !== undefined);
}

/** Whether nobody touches a ticket while it is watched. */
async function isSilent(path: string, patience: number): Promise<boolean> {
  const before = touchedAt(path);
  const giveUp = performance.now() + patience;
  while (performance.now() < giveUp) {
    const now = touchedAt(path);
    if (now === undefined) return true;
    if (now !== before) return false;
    await delay(WATCH_INTERVAL);
  }
  return true;
}

/** Read from an open file: network file systems ask the server then, and answer from their cache otherwise. */
function touchedAt(path: string): number | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    return fstatSync(descriptor).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function describe(folder: string, ticket: Ticket, place: string): TurnHolder {
  const holder: TurnHolder = { process: ticket.process };
  if (ticket.place !== place) {
    holder.machine = ticket.place.split('/')[0]!;
    holder.touchedAt = touchedAt(join(folder, ticketName(ticket)));
  }
  try {
    const { runtimeFolder } = JSON.parse(
      readFileSync(join(folder, ticketName(ticket)), 'utf8'),
    ) as TurnHolder;
    if (typeof runtimeFolder === 'string') holder.runtimeFolder = runtimeFolder;
  } catch {
    // Just made, or on a full disk: it says only who holds it.
  }
  return holder;
}

/**
 * Where this process's PID means something. Machines may share a name, and so may containers: the machine's own id and the
 * namespace of processes tell them apart.
 */
export function placeOfThisProcess(): string {
  const host = process.env['NIGHTCREW_HOST_NAME'] ?? hostname();
  if (process.platform !== 'linux') return host;
  return [host, machineId(), processNamespace()].join('/');
}

/** Not the id itself, which is nobody's business. */
function machineId(): string {
  try {
    return createHash('sha256').update(readFileSync('/etc/machine-id')).digest('hex').slice(0, 8);
  } catch {
    return '';
  }
}

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
