/**
 * The life of the connection to the workspace's supervisor. It looks for one that lives, follows its state, finds it
 * again after a restart, and starts one when a command asks (`ensure`), or when a crew that a person had started was lost with
 * its keeper, so that nobody else would bring it back. It owns the one copy of the crew that all views share, and it never
 * touches VS Code: what it must know of the window comes in by `setPlace`.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Notice } from '../control/api.ts';
import { ControlError, ControlErrorCode } from '../control/control-error.ts';
import type { StateDelta } from '../control/crew-state.ts';
import type { ConnectOptions, ControlClient } from '../control/client-contract.ts';
import { fullText } from '../control/full-text.ts';
import type { Clock } from '../core/clock.ts';
import { applyDelta } from '../control/crew-model.ts';
import { connectedText } from './connected-text.ts';
import { CrewSubscription } from './crew-subscription.ts';
import { Emitter } from './emitter.ts';
import {
  atRest,
  connecting,
  crewOf,
  isAtRest,
  withPlace,
  type LinkChange,
  type LinkState,
  type WorkspacePlace,
} from './link-state.ts';
import { Reconnection } from './reconnection.ts';
import { Refusal } from './refusal.ts';
import * as refusals from './refusals.ts';
import { isAlive } from './workers-view/worker-condition.ts';

/** How supervisors are reached; `src/control/connect.ts` in the product. */
export interface Connector {
  connect(options: ConnectOptions): Promise<ControlClient | undefined>;
  connectOrStart(options: ConnectOptions): Promise<ControlClient>;
}

export interface LinkLog {
  info(message: string): void;
  warn(message: string): void;
}

export interface LinkOptions {
  connector: Connector;
  clock: Clock;
  log: LinkLog;
  optionsFor(folder: string): ConnectOptions;
  /** Whether the folder's crew was wanted on this machine when it was last seen. */
  isCrewWanted(folder: string): boolean;
}

/** A keeper that lives brings the supervisor back in less; milliseconds. */
export const KEEPER_PATIENCE = 3_000;

export class SupervisorLink {
  readonly #options: LinkOptions;
  readonly #changes = new Emitter<LinkChange>();
  readonly #notices = new Emitter<Notice>();
  readonly #reconnection: Reconnection;
  #state: LinkState = { kind: 'noWorkspace' };
  #place: WorkspacePlace | undefined;
  #subscription: CrewSubscription | undefined;
  /** Grows with every change of place or connection, so that an answer to an older question is told from a new one. */
  #generation = 0;
  #starting: Promise<ControlClient> | undefined;
  #endExpected = false;
  /** A person has been told that this window cannot work with the supervisor. */
  #isRefusalTold = false;
  #probesAsked = 0;
  #probing = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#reconnection = new Reconnection(options.clock);
  }

  get state(): LinkState {
    return this.#state;
  }

  onDidChange(listener: (change: LinkChange) => void): () => void {
    return this.#changes.on(listener);
  }

  onNotice(listener: (notice: Notice) => void): () => void {
    return this.#notices.on(listener);
  }

  /** The folder, its trust or its writability changed. Looks for a living supervisor when the folder is another one. */
  async setPlace(place: WorkspacePlace | undefined): Promise<void> {
    const before = this.#place;
    if (isDeepStrictEqual(before, place)) return;
    this.#place = place;
    if (place && before?.folder === place.folder) {
      this.#change(withPlace(this.#state, place));
      // What was refused to a window that must start nothing may be granted to a trusted one.
      if (this.#state.kind === 'refused') await this.probe();
      else if (this.#state.kind === 'stopped') await this.#bringBack();
      return;
    }
    this.#leave();
    this.#isRefusalTold = false;
    if (!place) {
      this.#change({ kind: 'noWorkspace' });
      return;
    }
    this.#change(connecting(place, undefined));
    if (await this.#look(place.folder)) return;
    this.#giveUp();
    await this.#bringBack();
  }

  /** Looks for a supervisor that something else started. Does nothing unless none is known; never starts one. */
  async probe(): Promise<void> {
    this.#probesAsked++;
    if (this.#probing) return;
    this.#probing = true;
    let answered: number;
    do {
      // A sign that comes during a look may be younger than what the look saw.
      answered = this.#probesAsked;
      if (this.#place && isAtRest(this.#state) && !this.#reconnection.isLooking) {
        await this.#look(this.#place.folder);
      }
    } while (answered !== this.#probesAsked);
    this.#probing = false;
  }

  /** The living connection, for commands that need no supervisor to be started; a refusal in words when there is none. */
  client(): ControlClient {
    if (this.#state.kind === 'connected') return this.#state.client;
    if (this.#state.kind === 'refused') throw this.#state.refusal;
    throw this.#state.kind === 'connecting' ? refusals.stillConnecting() : refusals.supervisorNotRunning();
  }

  /**
   * A connection, with a supervisor started for it if none lives. Refuses where nothing may be started. `takeOver`: a person has
   * said that the other machine, which has the workspace, is gone.
   */
  async ensure(how: Pick<ConnectOptions, 'takeOver'> = {}): Promise<ControlClient> {
    const place = this.requireTrustedPlace();
    if (this.#state.kind === 'connected') return this.#state.client;
    if (!place.writable) throw refusals.readOnlyFolder(place.folder);
    this.#starting ??= this.#start(place, how).finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /** The workspace, if work may be started in it. */
  requireTrustedPlace(): WorkspacePlace {
    if (!this.#place) throw refusals.noFolderOpen();
    if (!this.#place.trusted) throw refusals.restrictedMode();
    return this.#place;
  }

  /** Asks for the whole state again. */
  async refresh(): Promise<void> {
    const { state } = this;
    if (state.kind !== 'connected') {
      await this.probe();
      return;
    }
    const crew = await state.client.request('status', {});
    if (this.#state.kind === 'connected' && this.#state.client === state.client) {
      this.#change({ ...this.#state, crew });
    }
  }

  /** A person asked the supervisor to end: its connection's close is then no accident. */
  expectEnd(expected: boolean): void {
    this.#endExpected = expected;
  }

  /** Ends the connection, not the supervisor. */
  dispose(): void {
    this.#leave();
    this.#changes.clear();
    this.#notices.clear();
  }

  async #start(place: WorkspacePlace, how: Pick<ConnectOptions, 'takeOver'>): Promise<ControlClient> {
    this.#leave();
    const generation = this.#generation;
    this.#change(connecting(place, crewOf(this.#state)));
    try {
      const options = { ...this.#options.optionsFor(place.folder), ...how };
      const client = await this.#options.connector.connectOrStart(options);
      if (await this.#adopt(client, generation)) return client;
    } catch (error) {
      if (generation === this.#generation) {
        this.#subscription?.stop();
        if (this.#refused(error)) this.#isRefusalTold = true;
        else this.#rest();
      }
      throw error;
    }
    throw new Refusal('The workspace changed while the supervisor was starting.', 'Run the command again.');
  }

  /** True when a living supervisor was found and is followed now, or when the question is out of date. */
  async #look(folder: string): Promise<boolean> {
    const generation = this.#generation;
    try {
      const { trusted = false, writable = false } = this.#place ?? {};
      const client = await this.#options.connector.connect({
        ...this.#options.optionsFor(folder),
        // That starts one of this version, and VS Code removes the files of the version before.
        replaces: trusted && writable ? 'older' : 'nothing',
      });
      if (!client) {
        if (generation !== this.#generation) return true;
        if (this.#state.kind === 'refused') this.#rest();
        return false;
      }
      await this.#adopt(client, generation);
      return true;
    } catch (error) {
      if (generation !== this.#generation) return true;
      this.#subscription?.stop();
      if (this.#refused(error)) {
        this.#tellRefusal(error as ControlError);
        return false;
      }
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.log.warn(`Could not connect to the supervisor of ${folder}: ${reason}`);
      return false;
    }
  }

  /** Starts a supervisor for a crew that is wanted and that nobody else brings back. True when one is followed. */
  async #bringBack(): Promise<boolean> {
    const place = this.#place;
    if (!place?.trusted || !place.writable || this.#state.kind === 'refused') return false;
    if (!this.#options.isCrewWanted(place.folder)) return false;
    this.#options.log.info('The crew is wanted and has no supervisor; starting one.');
    try {
      await this.ensure();
      return true;
    } catch (error) {
      const { kind } = this.#state;
      if (kind === 'stopped') this.#notices.emit(notBroughtBack(error));
      return false;
    }
  }

  /** Whether the error says that a supervisor lives with which this window cannot work; then that is its state. */
  #refused(error: unknown): boolean {
    if (!this.#place || !(error instanceof ControlError)) return false;
    if (error.code !== ControlErrorCode.refused && error.code !== ControlErrorCode.elsewhere) return false;
    const { state } = this;
    if (state.kind === 'refused' && state.refusal.message === error.message) return true;
    this.#options.log.warn(fullText(error));
    this.#change({ kind: 'refused', place: this.#place, refusal: error });
    return true;
  }

  /** Nobody asked for anything, so nobody would be told otherwise; whoever asks is told by the command. */
  #tellRefusal({ message, nextStep }: ControlError): void {
    if (this.#isRefusalTold) return;
    this.#isRefusalTold = true;
    this.#notices.emit({ severity: 'warning', message, ...(nextStep === undefined ? {} : { nextStep }) });
  }

  /** Follows the state over this connection. False when another one was made, or another folder opened, meanwhile. */
  async #adopt(client: ControlClient, generation: number): Promise<boolean> {
    if (generation !== this.#generation) {
      client.close();
      return false;
    }
    this.#subscription = new CrewSubscription(client, {
      changed: (delta) => this.#apply(delta),
      noticed: (notice) => this.#notices.emit(notice),
      closed: () => this.#closed(generation),
    });
    const crew = await this.#subscription.open();
    if (generation !== this.#generation || !this.#place) return false;
    this.#options.log.info(connectedText(client.server, crewOf(this.#state)?.server));
    this.#endExpected = false;
    this.#isRefusalTold = false;
    this.#change({ kind: 'connected', place: this.#place, client, crew });
    return true;
  }

  #apply(delta: StateDelta): void {
    if (this.#state.kind !== 'connected') return;
    this.#change({ ...this.#state, crew: applyDelta(this.#state.crew, delta) }, delta);
  }

  #closed(generation: number): void {
    if (generation !== this.#generation || !this.#place) return;
    const crew = crewOf(this.#state);
    // A crew that is not wanted and has no worker left was ended by somebody: from a terminal, in another window.
    const wasEnded = this.#endExpected || (crew && !crew.wanted && !crew.workers.some(isAlive));
    this.#endExpected = false;
    this.#leave();
    if (wasEnded) {
      this.#options.log.info('The supervisor ended.');
      this.#rest();
      return;
    }
    const { folder } = this.#place;
    this.#options.log.warn('The connection to the supervisor closed; looking for it again.');
    this.#change(connecting(this.#place, crew));
    this.#reconnection.start(
      async (waited) =>
        (await this.#look(folder)) || (waited >= KEEPER_PATIENCE && (await this.#bringBack())),
      () => {
        this.#options.log.warn('No supervisor came back.');
        this.#giveUp();
      },
    );
  }

  /** Nothing was found. */
  #giveUp(): void {
    if (this.#state.kind === 'connecting') this.#rest();
  }

  /** No supervisor lives, as far as one can see. */
  #rest(): void {
    if (this.#place) this.#change(atRest(this.#place));
  }

  /** Ends the connection and every question that is under way. */
  #leave(): void {
    this.#generation++;
    this.#reconnection.cancel();
    this.#subscription?.stop();
    this.#subscription = undefined;
  }

  #change(state: LinkState, delta?: StateDelta): void {
    this.#state = state;
    this.#changes.emit(delta ? { state, delta } : { state });
  }
}

function notBroughtBack(error: unknown): Notice {
  const reason = error instanceof ControlError ? fullText(error) : String(error);
  return {
    severity: 'error',
    message: `The crew was running and could not be started again: ${reason}`,
  };
}
