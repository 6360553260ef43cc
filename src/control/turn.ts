/**
 * Whose turn it is to supervise a workspace. Every supervisor that starts draws a ticket, a file whose name says its number
 * and its process; the lowest ticket whose process lives has the turn. So nothing is ever taken from anybody: a ticket is
 * removed by its own process, or by somebody who has seen that its process is gone. Two starters can therefore not disagree,
 * whatever order the system gives their steps and wherever they die.
 *
 * The tickets lie beside the journal they protect, so it does not matter how a starter's environment names the runtime
 * folder. They need nothing of the file system but that a file which was made is listed: no links, no locks, no clock.
 *
 * Why two cannot have the turn: say X and Y both took it, and X's ticket is the lower one. Y found no living X when it
 * looked, so X's ticket was made after that look, and so after Y's own. X looked after that, so X saw a higher ticket than
 * its own at its first look; and who does draws again.
 */
import type { ProcessIdentity } from '../core/worker.ts';

export interface Ticket {
  number: number;
  process: ProcessIdentity;
  /** The machine and the namespace of processes in which the PID means something. */
  place: string;
}

/** Where the tickets lie. In the tests it stands between the starters and the disk. */
export interface Tickets {
  list(): Promise<Ticket[]>;
  /** Rejects when it is there already. */
  make(ticket: Ticket): Promise<void>;
  /** It may be gone already. */
  remove(ticket: Ticket): Promise<void>;
}

export interface Starter {
  process: ProcessIdentity;
  place: string;
  /** Whether the process of a ticket is gone. */
  isGone(ticket: Ticket): Promise<boolean>;
  /**
   * Called when one living process is in front and nobody else. Resolves true to look again once it may be gone, false to
   * give way. Default: give way.
   */
  awaits?(ticket: Ticket): Promise<boolean>;
}

export type Turn = { taken: true; ticket: Ticket } | { taken: false; holder: Ticket };

/** Takes the turn, or says who has it or will. */
export async function takeTurn(tickets: Tickets, starter: Starter): Promise<Turn> {
  const { process, place } = starter;
  for (;;) {
    const highest = (await tickets.list()).reduce((number, ticket) => Math.max(number, ticket.number), 0);
    const mine: Ticket = { number: highest + 1, process, place };
    await tickets.make(mine);
    let turn: Turn | undefined;
    try {
      turn = await lookAround(tickets, mine, starter);
    } finally {
      if (!turn?.taken) await tickets.remove(mine);
    }
    if (turn) return turn;
  }
}

/** Undefined when a higher ticket had been drawn before this one could be seen. */
async function lookAround(tickets: Tickets, mine: Ticket, starter: Starter): Promise<Turn | undefined> {
  let others = without(mine, await tickets.list());
  if (others.some((other) => isBefore(mine, other))) return undefined;
  for (;;) {
    const living: Ticket[] = [];
    for (const other of others) {
      if (await starter.isGone(other)) await tickets.remove(other);
      else living.push(other);
    }
    const [first] = living.sort((left, right) => (isBefore(left, right) ? -1 : 1));
    if (!first) return { taken: true, ticket: mine };
    if (living.length > 1 || !(await starter.awaits?.(first))) return { taken: false, holder: first };
    // Whoever drew a higher ticket meanwhile has seen this one and gives way to it.
    others = without(mine, await tickets.list()).filter((other) => isBefore(other, mine));
  }
}

function without(mine: Ticket, tickets: Ticket[]): Ticket[] {
  return tickets.filter((ticket) => ticketName(ticket) !== ticketName(mine));
}

/** The order of tickets; two of one number are told apart by their processes. */
export function isBefore(left: Ticket, right: Ticket): boolean {
  if (left.number !== right.number) return left.number < right.number;
  return ticketName(left) < ticketName(right);
}

/** The file's name has all of it, so that a ticket is there whole or not at all. */
export function ticketName({ number, process, place }: Ticket): string {
  const { pid, startTime, bootId } = process;
  return [String(number).padStart(8, '0'), pid, ...[startTime, bootId, place].map(escape)].join('.');
}

/** Undefined when it is not the name of a ticket. */
export function parseTicketName(name: string): Ticket | undefined {
  const match = /^(\d{8,15})\.(\d+)\.([^.]+)\.([^.]+)\.([^.]+)$/.exec(name);
  if (!match) return undefined;
  try {
    const [startTime, bootId, place] = match.slice(3).map(decodeURIComponent);
    return {
      number: Number(match[1]),
      process: { pid: Number(match[2]), startTime: startTime!, bootId: bootId! },
      place: place!,
    };
  } catch {
    return undefined;
  }
}

/** What every file system takes in a name, and no full stop. */
function escape(text: string): string {
  return encodeURIComponent(text).replaceAll(/[.!'()*~]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16)}`;
  });
}
