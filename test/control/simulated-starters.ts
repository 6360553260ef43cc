/**
 * Starters of a supervisor whose every step on the tickets waits for a scheduler: which of them goes on next, and which dies
 * instead, is a choice that can be replayed.
 */
import assert from 'node:assert/strict';
import { takeTurn, ticketName, type Ticket, type Tickets } from '../../src/control/turn.ts';

/** Looks of one that waits in line. */
const PATIENCE = 4;

export type Choice = { go: number; interrupts?: boolean } | { die: number };

export interface SimulatedStarter {
  /** Waits in line behind a single holder instead of giving way. */
  waits: boolean;
  /** Steps of work it does when it has the turn. */
  work: number;
  /** How often it starts. */
  starts: number;
}

interface Actor {
  starter: SimulatedStarter;
  pid: number;
  alive: boolean;
  done: boolean;
  /** Lets the step that it waits with happen. */
  step: (() => void) | undefined;
}

/** When all that follows from a step without a further one has happened: Node runs every microtask before the next tick. */
export function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

export class Simulation {
  readonly #files = new Map<string, Ticket>();
  readonly #actors: Actor[];
  readonly #living = new Set<number>();
  readonly #coin: () => boolean;
  #working: number | undefined;
  #lastPid = 0;
  turnsTaken = 0;
  violation: string | undefined;

  /** `coin` decides whether a listing that takes time shows what comes or goes meanwhile; without it listings are at once. */
  constructor(starters: SimulatedStarter[], stale: number[], coin?: () => boolean) {
    this.#coin = coin ?? (() => true);
    for (const number of stale) {
      const ticket = { number, process: this.#identity(++this.#lastPid), place: 'here' };
      this.#files.set(ticketName(ticket), ticket);
    }
    this.#actors = starters.map((starter) => ({
      starter,
      pid: 0,
      alive: true,
      done: false,
      step: undefined,
    }));
    const slowListing = coin !== undefined;
    for (const actor of this.#actors) void this.#live(actor, slowListing);
  }

  /** Those that wait for their next step. */
  get ready(): number[] {
    return this.#actors.flatMap(({ step, alive }, index) => (step && alive ? [index] : []));
  }

  get finished(): boolean {
    return this.#actors.every(({ done, alive }) => done || !alive);
  }

  async choose(choice: Choice): Promise<void> {
    const actor = this.#actors['go' in choice ? choice.go : choice.die]!;
    const { step } = actor;
    assert.ok(step && actor.alive, 'the choice is one of the ready');
    actor.step = undefined;
    if ('die' in choice) {
      actor.alive = false;
      this.#living.delete(actor.pid);
      if (this.#working === actor.pid) this.#working = undefined;
    } else {
      step();
    }
    await settled();
  }

  async #live(actor: Actor, slowListing: boolean): Promise<void> {
    for (let start = 0; start < actor.starter.starts; start++) {
      actor.pid = ++this.#lastPid;
      this.#living.add(actor.pid);
      const tickets = this.#tickets(actor, slowListing);
      let waited = 0;
      const turn = await takeTurn(tickets, {
        process: this.#identity(actor.pid),
        place: 'here',
        isGone: async (ticket) => {
          await this.#wait(actor);
          return !this.#living.has(ticket.process.pid);
        },
        awaits: async () => {
          await this.#wait(actor);
          return actor.starter.waits && ++waited < PATIENCE;
        },
      });
      if (turn.taken) {
        await this.#workOn(actor);
        await tickets.remove(turn.ticket);
      }
      this.#living.delete(actor.pid);
    }
    actor.done = true;
  }

  async #workOn(actor: Actor): Promise<void> {
    const { starter, pid } = actor;
    this.turnsTaken++;
    if (this.#working !== undefined) this.violation ??= `${pid} took the turn while ${this.#working} had it`;
    this.#working = pid;
    for (let step = 0; step < starter.work; step++) {
      await this.#wait(actor);
      if (this.#working !== pid) this.violation ??= `${pid} works, and so does ${this.#working}`;
    }
    this.#working = undefined;
  }

  #wait(actor: Actor): Promise<void> {
    return new Promise((resolve) => {
      actor.step = resolve;
    });
  }

  #identity(pid: number): Ticket['process'] {
    return { pid, startTime: String(pid * 10), bootId: 'boot' };
  }

  #tickets(actor: Actor, slowListing: boolean): Tickets {
    return {
      list: async () => {
        await this.#wait(actor);
        const before = new Map(this.#files);
        if (!slowListing) return [...before.values()];
        await this.#wait(actor);
        const both = new Map([...before, ...this.#files]);
        return [...both].flatMap(([name, ticket]) => {
          const isSure = before.has(name) && this.#files.has(name);
          return isSure || this.#coin() ? [ticket] : [];
        });
      },
      make: async (ticket) => {
        await this.#wait(actor);
        assert.ok(!this.#files.has(ticketName(ticket)), 'a name is made once');
        this.#files.set(ticketName(ticket), ticket);
      },
      remove: async (ticket) => {
        await this.#wait(actor);
        this.#files.delete(ticketName(ticket));
      },
    };
  }
}
