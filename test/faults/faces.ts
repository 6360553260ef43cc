/**
 * Faces come, ask for something, and go; some vanish in the middle of a request. What they were answered is recorded after
 * the answer, what they are about to do to workers and jobs before the request.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { JobFilter } from '../../src/core/job-records.ts';
import type { ControlClient } from '../../src/control/client-contract.ts';
import { connectOrStart } from '../../src/control/connect.ts';
import { distribution } from '../supervisor/temporary-crew.ts';
import type { ChaosFolder } from './chaos-folder.ts';
import {
  ATTEMPTS,
  planVisits,
  TIMEOUTS,
  type PlannedAction,
  type PlannedEnqueue,
  type PlannedVisit,
} from './chaos-plan.ts';
import { visitByTerminal } from './terminal-face.ts';

type Intervention = Exclude<PlannedAction, PlannedEnqueue>;

/** How many jobs a face has seen acknowledged lately, to choose one to cancel. */
const REMEMBERED = 50;

/** Far longer than any visit: a supervisor that starts is waited for for a minute. Milliseconds. */
const PATIENCE = 150_000;

export class Faces {
  /** Visits that ended in an error, by its message. */
  readonly refusals = new Map<string, number>();
  /** Visits that did not come to an end. */
  readonly stuck: string[] = [];
  acknowledgedJobs = 0;
  visits = 0;
  readonly #folder: ChaosFolder;
  readonly #lanes: Promise<void>[] = [];
  readonly #recent: { job: number; batch: number }[] = [];
  #nextTicket = 1;
  #nextAsk = 1;
  #stopped = false;
  #open: Promise<void> | undefined;

  constructor(folder: ChaosFolder) {
    this.#folder = folder;
  }

  /** Begins the endless visits of one round. */
  begin(seed: number, round: number): void {
    this.#stopped = false;
    for (const lane of ['window', 'other window']) {
      this.#lanes.push(
        this.#come(planVisits(seed, `${lane} of round ${round}`, [0, 400]), (visit) => this.#visit(visit)),
      );
    }
    const terminal = planVisits(seed, `terminal of round ${round}`, [200, 1_500]);
    this.#lanes.push(this.#come(terminal, (visit) => visitByTerminal(this.#folder, visit, this)));
  }

  /** Lets those that are there finish; no more come. */
  async end(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#lanes.splice(0));
  }

  /** Does something while no face is there that might start a supervisor. */
  async without<T>(action: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#open = promise;
    try {
      return await action();
    } finally {
      this.#open = undefined;
      resolve();
    }
  }

  newTicket(): string {
    return `t${this.#nextTicket++}`;
  }

  /** To be called when the answer to an enqueue is here. */
  acknowledge(
    ticket: string,
    plan: PlannedEnqueue,
    answer: { firstJob: number; count: number; batch: number },
  ): void {
    const { pool, kind } = plan;
    const { firstJob, count, batch } = answer;
    this.#folder.acknowledged({ ticket, pool, kind, firstJob, count, batch });
    this.acknowledgedJobs += count;
    this.#recent.push({ job: firstJob, batch });
    if (this.#recent.length > REMEMBERED) this.#recent.shift();
  }

  refused(message: string): void {
    const known = message.replace(/\d+/g, '#').slice(0, 160);
    this.refusals.set(known, (this.refusals.get(known) ?? 0) + 1);
  }

  async #come(
    visits: Iterable<PlannedVisit>,
    visit: (planned: PlannedVisit) => Promise<void>,
  ): Promise<void> {
    for (const planned of visits) {
      if (this.#stopped) return;
      await delay(planned.after);
      while (this.#open) await this.#open;
      this.visits++;
      await this.#within(PATIENCE, planned, visit(planned)).catch((error: unknown) =>
        this.refused(String(error)),
      );
    }
  }

  /** Whatever dies, a face gets an answer or an error. */
  async #within(milliseconds: number, planned: PlannedVisit, visit: Promise<void>): Promise<void> {
    const settled = new AbortController();
    const tooLong = delay(milliseconds, true, { signal: settled.signal }).catch(() => false);
    const isStuck = await Promise.race([visit.then(() => false), tooLong]).finally(() => settled.abort());
    if (isStuck)
      this.stuck.push(
        `face: neither answer nor error for ${milliseconds / 1000} s: ${JSON.stringify(planned)}`,
      );
  }

  async #visit({ actions, vanishes }: PlannedVisit): Promise<void> {
    const client = await connectOrStart({ workspace: this.#folder.workspace, client: 'chaos', distribution });
    try {
      for (const [index, action] of actions.entries()) {
        if (this.#stopped) return;
        const done = this.#act(client, action);
        if (vanishes !== undefined && index === actions.length - 1) {
          setTimeout(() => client.close(), vanishes);
        }
        await done;
      }
    } finally {
      client.close();
    }
  }

  #act(client: ControlClient, action: PlannedAction): Promise<void> {
    return action.do === 'enqueue' ? this.#enqueue(client, action) : this.#intervene(client, action);
  }

  async #enqueue(client: ControlClient, plan: PlannedEnqueue): Promise<void> {
    const { pool, kind, seconds, count } = plan;
    const ticket = this.newTicket();
    const base = { kind, ticket, seconds };
    const attempts = ATTEMPTS[kind];
    const timeout = TIMEOUTS[kind];
    const answer = await client.request('enqueue', {
      pool,
      source: count > 1 ? { matrix: { n: `1..${count}` }, base } : { parameters: base },
      ...(attempts ? { attempts } : {}),
      ...(timeout ? { timeout } : {}),
    });
    this.acknowledge(ticket, plan, answer);
  }

  async #intervene(client: ControlClient, action: Intervention): Promise<void> {
    const id = this.#nextAsk++;
    const { workers } = await client.request('status', {});
    const chosen = 'choice' in action ? workers[Math.floor(action.choice * workers.length)]?.id : undefined;
    const enqueued =
      'choice' in action ? this.#recent[Math.floor(action.choice * this.#recent.length)] : undefined;
    this.#folder.trace('ask', { id, ...action, worker: chosen, ...enqueued });
    try {
      await this.#ask(client, action, chosen, enqueued);
    } finally {
      this.#folder.trace('asked', { id, do: action.do, worker: chosen });
    }
  }

  async #ask(
    client: ControlClient,
    action: Intervention,
    worker: string | undefined,
    enqueued: { job: number; batch: number } | undefined,
  ): Promise<void> {
    switch (action.do) {
      case 'up':
        await client.request('up', {});
        return;
      case 'status':
        await client.request('status', {});
        return;
      case 'down':
        await client.request('down', { mode: action.mode });
        return;
      case 'export':
      case 'cancel':
      case 'cancel batch':
      case 'requeue':
      case 'reprioritise':
        if (enqueued) await this.#askOfJobs(client, action, enqueued);
        return;
      case 'continue':
        await client.request('freeze', { select: { all: true }, frozen: false });
        return;
    }
    if (worker === undefined) return;
    const select = { workers: [worker] };
    switch (action.do) {
      case 'pause':
      case 'resume':
        await client.request('pause', { select, paused: action.do === 'pause' });
        return;
      case 'freeze':
        await client.request('freeze', { select, frozen: true });
        return;
      default:
        await client.request(action.do, { select });
    }
  }

  async #askOfJobs(
    client: ControlClient,
    action: Extract<Intervention, { choice: number }>,
    { job, batch }: { job: number; batch: number },
  ): Promise<void> {
    switch (action.do) {
      case 'export':
        await client.request('exportResults', { batch });
        return;
      case 'cancel': {
        const [outcome] = (await client.request('cancel', { jobs: [job] })).outcomes;
        if (outcome?.message === 'cancelled') this.#folder.acknowledged({ cancelled: job });
        return;
      }
      case 'cancel batch':
        await client.request('cancel', { filter: { batch } });
        return;
      case 'requeue': {
        // Of the batch also what is done; of all, what failed or was cancelled.
        const filter: JobFilter =
          action.choice < 0.5
            ? { batch, states: ['done', 'failed', 'cancelled'] }
            : { states: ['failed', 'cancelled'] };
        await client.request('requeue', {
          filter,
          fresh: (action.choice * 10) % 1 < 0.5,
        });
        return;
      }
      case 'reprioritise':
        await client.request('reprioritise', {
          filter: { batch },
          priority: Math.floor(action.choice * 9) - 4,
        });
    }
  }
}
