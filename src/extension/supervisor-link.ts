/**
 * The life of the connection to the workspace's supervisor. It looks for one that lives, follows its state, finds it
 * again after a restart, and starts one only when a command asks (`ensure`). It owns the one copy of the crew that all
 * views share, and it never touches VS Code: what it must know of the window comes in by `setPlace`.
 */
import { isDeepStrictEqual } from 'node:util';
import type { CrewState, Notice, StateDelta } from '../control/api.ts';
import type { ConnectOptions, ControlClient } from '../control/client-contract.ts';
import type { Clock } from '../core/clock.ts';
import { applyDelta } from './crew-model.ts';
import { Emitter } from './emitter.ts';
import { crewOf, type LinkChange, type LinkState, type WorkspacePlace } from './link-state.ts';
import { Refusal } from './refusal.ts';

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
}

/**
 * Milliseconds between looks for a supervisor whose connection closed. The keeper brings a crashed one back in well
 * under a second, throttled when it crashes again; after half a minute nobody is coming.
 */
export const RECONNECT_DELAYS = [50, 100, 250, 500, 1000, 2000, 2000, 4000, 4000, 8000, 8000];

export class SupervisorLink {
  readonly #options: LinkOptions;
  readonly #changes = new Emitter<LinkChange>();
  readonly #notices = new Emitter<Notice>();
  #state: LinkState = { kind: 'noWorkspace' };
  #place: WorkspacePlace | undefined;
  /** Grows with every change of place or connection, so that an answer to an older question is told from a new one. */
  #generation = 0;
  #starting: Promise<ControlClient> | undefined;
  #endExpected = false;
  #probesAsked = 0;
  #probing = false;
  #cancelRetry: () => void = () => undefined;
  #stopListening: () => void = () => undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
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
      return;
    }
    this.#leave();
    if (!place) {
      this.#change({ kind: 'noWorkspace' });
      return;
    }
    this.#change({ kind: 'connecting', place });
    if (!(await this.#look(place.folder))) this.#rest();
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
      if (this.#place && this.#isResting()) await this.#look(this.#place.folder);
    } while (answered !== this.#probesAsked);
    this.#probing = false;
  }

  /** The living connection, for commands that need no supervisor to be started; a refusal in words when there is none. */
  client(): ControlClient {
    if (this.#state.kind === 'connected') return this.#state.client;
    if (this.#state.kind === 'connecting') {
      throw new Refusal('Nightcrew is connecting to its supervisor.', 'Try again in a moment.');
    }
    throw new Refusal('The Nightcrew supervisor is not running.', 'Start it, or start the crew.', {
      title: 'Start Supervisor',
      command: 'nightcrew.startSupervisor',
    });
  }

  /** A connection, with a supervisor started for it if none lives. Refuses where nothing may be started. */
  async ensure(): Promise<ControlClient> {
    if (this.#state.kind === 'connected') return this.#state.client;
    if (this.#starting) return this.#starting;
    const place = this.requireTrustedPlace();
    if (!place.writable) {
      throw new Refusal(
        `${place.folder} is read-only, and Nightcrew keeps its queue in .nightcrew/ there.`,
        'Make the folder writable, or open a copy of it.',
      );
    }
    this.#starting = this.#start(place).finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /** The workspace, if work may be started in it. */
  requireTrustedPlace(): WorkspacePlace {
    if (!this.#place) {
      throw new Refusal('No folder is open.', 'Open the folder your work is in.', {
        title: 'Open Folder',
        command: 'workbench.action.files.openFolder',
      });
    }
    if (!this.#place.trusted) {
      throw new Refusal(
        'This workspace is in Restricted Mode, and a crew runs commands that the workspace defines.',
        'Trust the workspace to start work in it.',
        { title: 'Manage Workspace Trust', command: 'workbench.trust.manage' },
      );
    }
    return this.#place;
  }

  /** Asks for the whole state again. */
  async refresh(): Promise<void> {
    const state = this.#state;
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

  async #start(place: WorkspacePlace): Promise<ControlClient> {
    this.#leave();
    const generation = this.#generation;
    this.#change(connecting(place, crewOf(this.#state)));
    try {
      const client = await this.#options.connector.connectOrStart(this.#options.optionsFor(place.folder));
      if (await this.#adopt(client, generation)) return client;
    } catch (error) {
      if (generation === this.#generation) {
        this.#stopListening();
        this.#rest();
      }
      throw error;
    }
    throw new Refusal('The workspace changed while the supervisor was starting.', 'Run the command again.');
  }

  /** True when a living supervisor was found and is followed now, or when the question is out of date. */
  async #look(folder: string): Promise<boolean> {
    const generation = this.#generation;
    try {
      const client = await this.#options.connector.connect(this.#options.optionsFor(folder));
      if (!client) return generation !== this.#generation;
      await this.#adopt(client, generation);
      return true;
    } catch (error) {
      if (generation !== this.#generation) return true;
      this.#stopListening();
      this.#options.log.warn(`Could not connect to the supervisor of ${folder}: ${messageOf(error)}`);
      return false;
    }
  }

  /** Follows the state over this connection. False when another one was made, or another folder opened, meanwhile. */
  async #adopt(client: ControlClient, generation: number): Promise<boolean> {
    if (generation !== this.#generation) {
      client.close();
      return false;
    }
    const before = crewOf(this.#state)?.server;
    const early: StateDelta[] = [];
    const stops = [
      client.on('state/changed', (delta) => {
        if (this.#state.kind === 'connected' && this.#state.client === client) this.#apply(delta);
        else early.push(delta);
      }),
      client.on('notice', (notice) => this.#notices.emit(notice)),
      client.onClose(() => this.#closed(generation)),
    ];
    this.#stopListening = () => {
      for (const stop of stops) stop();
      client.close();
    };
    const crew = await client.request('subscribe', {});
    if (generation !== this.#generation || !this.#place) return false;
    const { pid, serverId } = client.server;
    this.#options.log.info(
      before && before.serverId !== serverId
        ? `The supervisor was restarted: PID ${pid}, was ${before.pid}.`
        : `Connected to the supervisor, PID ${pid}, of ${this.#place.folder}.`,
    );
    this.#endExpected = false;
    this.#change({ kind: 'connected', place: this.#place, client, crew });
    for (const delta of early) this.#apply(delta);
    return true;
  }

  #apply(delta: StateDelta): void {
    if (this.#state.kind !== 'connected') return;
    // Equal is not old: memory and CPU change without an event.
    if (delta.sequence < this.#state.crew.sequence) return;
    this.#change({ ...this.#state, crew: applyDelta(this.#state.crew, delta) }, delta);
  }

  #closed(generation: number): void {
    if (generation !== this.#generation || !this.#place) return;
    const crew = crewOf(this.#state);
    this.#leave();
    if (this.#endExpected) {
      this.#endExpected = false;
      this.#rest();
      return;
    }
    this.#options.log.warn('The connection to the supervisor closed; looking for it again.');
    this.#change(connecting(this.#place, crew));
    this.#retry(this.#place.folder, 0);
  }

  #retry(folder: string, attempt: number): void {
    const delay = RECONNECT_DELAYS[attempt];
    if (delay === undefined) {
      this.#options.log.warn('No supervisor came back.');
      this.#rest();
      return;
    }
    this.#cancelRetry = this.#options.clock.after(delay, () => {
      void this.#look(folder).then((settled) => {
        if (!settled) this.#retry(folder, attempt + 1);
      });
    });
  }

  #isResting(): boolean {
    const { kind } = this.#state;
    return kind === 'stopped' || kind === 'untrusted' || kind === 'readOnly';
  }

  /** No supervisor lives, as far as one can see. */
  #rest(): void {
    if (this.#place) this.#change(atRest(this.#place));
  }

  /** Ends the connection and every question that is under way. */
  #leave(): void {
    this.#generation++;
    this.#cancelRetry();
    this.#stopListening();
    this.#stopListening = () => undefined;
  }

  #change(state: LinkState, delta?: StateDelta): void {
    this.#state = state;
    this.#changes.emit(delta ? { state, delta } : { state });
  }
}

function connecting(place: WorkspacePlace, crew: CrewState | undefined): LinkState {
  return crew ? { kind: 'connecting', place, crew } : { kind: 'connecting', place };
}

/** No supervisor lives: which of the three states that is depends on whether one could be started. */
function atRest(place: WorkspacePlace): LinkState {
  if (!place.trusted) return { kind: 'untrusted', place };
  return place.writable ? { kind: 'stopped', place } : { kind: 'readOnly', place };
}

function withPlace(state: LinkState, place: WorkspacePlace): LinkState {
  return state.kind === 'connected' || state.kind === 'connecting' ? { ...state, place } : atRest(place);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
