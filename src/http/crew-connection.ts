/**
 * The face's one connection to the supervisor. It finds a supervisor again after a restart, keeps a copy of the state while
 * somebody asks for it, and lets only a few requests through at a time: a flood of HTTP requests costs the supervisor next to
 * nothing, since what only looks is answered from the copy.
 */
import type { ControlRequests, Notice } from '../control/api.ts';
import { ControlError, ControlErrorCode } from '../control/control-error.ts';
import type { CrewState, StateDelta } from '../control/crew-state.ts';
import type { ControlClient } from '../control/client-contract.ts';
import { applyDelta } from '../control/crew-model.ts';
import { fullText } from '../control/full-text.ts';
import type { Clock } from '../core/clock.ts';
import { HttpError } from './http-error.ts';

/** Milliseconds between two looks for a supervisor. */
const LOOK_AGAIN = 500;
/** Without a question for so long, the state is not followed any more; milliseconds. */
const FOLLOW_IDLE = 60_000;
/** A supervisor that is frozen answers nothing; milliseconds. */
const ANSWER_PATIENCE = 60_000;
const MOST_UNDER_WAY = 8;
const MOST_WAITING = 64;

export interface Reach {
  /** Undefined: no supervisor lives. */
  connect(): Promise<ControlClient | undefined>;
  connectOrStart(): Promise<ControlClient>;
}

export interface CrewListener {
  /** From here on the state is this, and what was told before counts no more. */
  began(crew: CrewState): void;
  changed(delta: StateDelta): void;
  noticed(notice: Notice): void;
  /** The supervisor is gone; `began` follows when another one is found. */
  lost(): void;
}

type Method = Exclude<keyof ControlRequests, 'connect' | 'subscribe' | 'unsubscribe' | 'attend'>;

export class CrewConnection {
  readonly #reach: Reach;
  readonly #clock: Clock;
  readonly #log: (message: string) => void;
  readonly #listener: CrewListener;
  #client: ControlClient | undefined;
  #problem: ControlError | undefined;
  #crew: CrewState | undefined;
  #following: Promise<void> | undefined;
  #askedAt = 0;
  #watched = false;
  #closed = false;
  #cancelLook: () => void = () => undefined;
  #cancelIdle: () => void = () => undefined;
  #underWay = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(parts: { reach: Reach; clock: Clock; log: (message: string) => void; listener: CrewListener }) {
    this.#reach = parts.reach;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#listener = parts.listener;
  }

  get connected(): boolean {
    return this.#client !== undefined;
  }

  /** Looks for a supervisor, now and whenever there is none; resolves after the first look. */
  async open(): Promise<void> {
    await this.#look();
    this.#watchIdle();
  }

  close(): void {
    this.#closed = true;
    this.#cancelLook();
    this.#cancelIdle();
    this.#client?.close();
  }

  /** While somebody watches, the state is followed without a question. */
  watch(watched: boolean): void {
    this.#watched = watched;
    this.#askedAt = this.#clock.monotonic();
  }

  /** The state, at most a tenth of a second old. */
  async state(): Promise<CrewState> {
    this.#askedAt = this.#clock.monotonic();
    await this.#follow();
    if (!this.#crew) throw this.#unavailable();
    return this.#crew;
  }

  /** The state after what was done before the call. */
  async fresh(): Promise<CrewState> {
    const crew = await this.request('status', {});
    if (this.#crew?.server.serverId === crew.server.serverId) this.#crew = crew;
    return crew;
  }

  /** Throws HttpError or ControlError. */
  async request<Name extends Method>(
    method: Name,
    parameters: ControlRequests[Name]['parameters'],
  ): Promise<ControlRequests[Name]['result']> {
    await this.#enter();
    try {
      if (!this.#client) throw this.#unavailable();
      return await this.#withPatience(this.#client.request(method, parameters));
    } finally {
      this.#leave();
    }
  }

  /** For what wants a crew: starts a supervisor where none lives. */
  async requestOrStart<Name extends Method>(
    method: Name,
    parameters: ControlRequests[Name]['parameters'],
  ): Promise<ControlRequests[Name]['result']> {
    if (!this.#client) await this.#start();
    return this.request(method, parameters);
  }

  #starting: Promise<void> | undefined;

  #start(): Promise<void> {
    this.#starting ??= this.#reach
      .connectOrStart()
      .then((client) => this.#adopt(client))
      .finally(() => {
        this.#starting = undefined;
      });
    return this.#starting;
  }

  async #look(): Promise<void> {
    try {
      const client = await this.#reach.connect();
      this.#problem = undefined;
      if (client) this.#adopt(client);
    } catch (error) {
      this.#tellProblem(error);
    }
    if (!this.#client && !this.#closed) {
      this.#cancelLook = this.#clock.after(LOOK_AGAIN, () => void this.#look());
    }
  }

  /** Once, however often it is met. */
  #tellProblem(error: unknown): void {
    const problem =
      error instanceof ControlError
        ? error
        : new ControlError(ControlErrorCode.refused, `No supervisor can be reached: ${String(error)}.`);
    if (problem.message !== this.#problem?.message) this.#log(fullText(problem));
    this.#problem = problem;
  }

  #adopt(client: ControlClient): void {
    if (this.#client || this.#closed) {
      client.close();
      return;
    }
    this.#client = client;
    this.#problem = undefined;
    this.#cancelLook();
    client.on('state/changed', (delta) => {
      if (client !== this.#client || !this.#crew) return;
      this.#crew = applyDelta(this.#crew, delta);
      this.#listener.changed(delta);
    });
    client.on('notice', (notice) => this.#listener.noticed(notice));
    client.onClose(() => {
      if (client !== this.#client) return;
      this.#client = undefined;
      this.#crew = undefined;
      this.#following = undefined;
      this.#problem = connectionLost();
      this.#listener.lost();
      if (!this.#closed) void this.#look();
    });
    if (this.#watched) this.#follow().catch(() => undefined);
  }

  /** Subscribes, unless that is done or under way. */
  #follow(): Promise<void> {
    const client = this.#client;
    if (!client) return Promise.reject(this.#unavailable());
    this.#following ??= this.#withPatience(client.request('subscribe', {})).then(
      (crew) => {
        if (client !== this.#client) return;
        this.#crew = crew;
        this.#listener.began(crew);
      },
      (error: unknown) => {
        if (client === this.#client) this.#following = undefined;
        throw error;
      },
    );
    return this.#following;
  }

  /** A supervisor that nobody asks does not have to tell. */
  #watchIdle(): void {
    this.#cancelIdle = this.#clock.after(FOLLOW_IDLE / 2, () => {
      const idle = this.#clock.monotonic() - this.#askedAt > FOLLOW_IDLE;
      if (idle && !this.#watched && this.#crew && this.#client) {
        this.#crew = undefined;
        this.#following = undefined;
        this.#client.request('unsubscribe', {}).catch(() => undefined);
      }
      this.#watchIdle();
    });
  }

  async #enter(): Promise<void> {
    if (this.#underWay < MOST_UNDER_WAY) {
      this.#underWay += 1;
      return;
    }
    if (this.#waiting.length >= MOST_WAITING) {
      throw new HttpError('unavailable', 'Too many requests are waiting for the supervisor.', {
        nextStep: 'Ask again in a second, and fewer at a time.',
        headers: { 'Retry-After': '1' },
      });
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Who waits takes the place over. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#underWay -= 1;
  }

  async #withPatience<Result>(answer: Promise<Result>): Promise<Result> {
    let stop: () => void = () => undefined;
    const silence = new Promise<never>((_resolve, reject) => {
      stop = this.#clock.after(ANSWER_PATIENCE, () =>
        reject(
          new HttpError('unavailable', `The supervisor has not answered for ${ANSWER_PATIENCE / 1000} s.`, {
            nextStep: 'Whether it was done is not known. Look at .nightcrew/logs/supervisor.log.',
          }),
        ),
      );
    });
    try {
      return await Promise.race([answer, silence]);
    } finally {
      stop();
    }
  }

  #unavailable(): HttpError {
    const { message, nextStep } = this.#problem ?? {};
    return new HttpError('unavailable', message ?? 'No supervisor is running for this workspace.', {
      nextStep: nextStep ?? '`nightcrew up` starts the crew; adding a worker or enqueueing jobs does, too.',
      headers: { 'Retry-After': '1' },
    });
  }
}

/** Until the first look says what has become of the supervisor. */
function connectionLost(): ControlError {
  return new ControlError(ControlErrorCode.ending, 'The connection to the supervisor was lost.', {
    nextStep: 'Ask again in a second.',
  });
}
