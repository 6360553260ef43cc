/**
 * The supervisor's real parts around a store that only remembers and a keeper that only notes: for what must be tried in
 * more orders and at more times than real processes could show.
 */
import assert from 'node:assert/strict';
import type { Clock } from '../../src/core/clock.ts';
import type { JournalEvent } from '../../src/core/events.ts';
import type { PoolSettings } from '../../src/core/pool.ts';
import type { KeeperClient, KeptProcess } from '../../src/keeper/contract.ts';
import type { Store } from '../../src/store/contract.ts';
import type { RestoredState, RestoredWorker } from '../../src/store/restored-state.ts';
import { EventGuard } from '../../src/store/event-guard.ts';
import type { StoreError } from '../../src/store/store-error.ts';
import { Attempts } from '../../src/supervisor/attempts.ts';
import { AutoRestart } from '../../src/supervisor/auto-restart.ts';
import { Changes } from '../../src/supervisor/changes.ts';
import { DiskGate } from '../../src/supervisor/disk-gate.ts';
import { Dispatcher } from '../../src/supervisor/dispatcher.ts';
import { Endings } from '../../src/supervisor/endings.ts';
import { Freezer } from '../../src/supervisor/freezer.ts';
import { HealthFlags } from '../../src/supervisor/health-flags.ts';
import { HealthJudge } from '../../src/supervisor/health-judge.ts';
import { KeeperLink } from '../../src/supervisor/keeper-link.ts';
import type { Log } from '../../src/supervisor/log.ts';
import { PoolRegister } from '../../src/supervisor/pool-register.ts';
import { Queue } from '../../src/supervisor/queue.ts';
import { Roster } from '../../src/supervisor/roster.ts';
import { TaskDurations } from '../../src/supervisor/task-durations.ts';
import { Watch } from '../../src/supervisor/watch.ts';
import { launchToken } from '../../src/supervisor/launch-token.ts';
import { WorkerMessages } from '../../src/supervisor/worker-messages.ts';
import type { Worker } from '../../src/supervisor/worker.ts';

const SECRET = 'secret';

export const POOL: PoolSettings = {
  name: 'p',
  command: ['python3', 'p.py'],
  protocol: 'worker',
  workers: 1,
  timeout: 60,
  attempts: 3,
  env: {},
  heartbeat: 5,
  startup: 30,
  grace: 10,
  // A job that failed is tried again at once, unless a test is about the wait.
  backoff: 0,
};

export const NOTHING: RestoredState = {
  pools: [],
  workers: [],
  running: [],
  delayed: [],
  lanes: [],
  counts: {},
  batches: [],
  nextJob: 1,
  nextBatch: 1,
  peaks: [],
  requests: [],
  ramps: [],
  settings: [],
  toRemove: [],
  crewWanted: true,
};

/** Takes events as the real one does, and says no to those that do not fit. */
class RememberingStore implements Store {
  readonly events: JournalEvent[] = [];
  readonly recovery = { tornBytes: 0, replayed: 0 };
  readonly failure = undefined;
  unwritten = 0;
  isBehind = false;
  /** What the disk says to every write, if it refuses. */
  refusal: StoreError | undefined;
  #guard = guardOf([]);
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What a supervisor before has recorded. */
  knows(workers: RestoredWorker[]): void {
    this.#guard = guardOf(workers);
  }

  get lastSequence(): number {
    return this.events.length;
  }

  append(event: JournalEvent): { sequence: number; at: number } {
    this.#guard.check(event);
    this.#guard.record(event);
    this.events.push(event);
    return { sequence: this.events.length, at: this.#clock.now() };
  }

  record(events: readonly JournalEvent[]): { sequence: number; at: number } {
    const [first] = events.map((event) => this.append(event));
    return first!;
  }

  write(): void {
    if (this.refusal) throw this.refusal;
  }

  async flush(): Promise<void> {}

  async keepInPlace(): Promise<void> {}

  caughtUp(): Promise<void> {
    if (!this.isBehind) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  catchUp(): void {
    this.isBehind = false;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async query(): Promise<never> {
    return [] as never;
  }

  async close(): Promise<void> {}
}

function guardOf(workers: RestoredWorker[]): EventGuard {
  return new EventGuard({ claims: [], workers, pools: [], nextJob: 1, nextBatch: 1, ramps: [] });
}

export class SmallCrew {
  readonly clock: Clock;
  readonly changes: Changes = new Changes();
  readonly store: RememberingStore;
  readonly queue: Queue;
  readonly roster: Roster;
  readonly disk: DiskGate;
  readonly dispatcher: Dispatcher;
  readonly attempts: Attempts;
  readonly messages: WorkerMessages;
  readonly endings: Endings;
  readonly freezer: Freezer;
  readonly watch: Watch;
  readonly judge: HealthJudge;
  readonly autoRestart: AutoRestart;
  /** What went to workers, by handle. */
  readonly sent: { handle: number; body: { id?: string; method?: string; params?: unknown } }[] = [];
  /** How many of them do not wait in a batch any more. */
  flushed = 0;
  /** Handles whose tree was ended by force. */
  readonly killed: number[] = [];
  /** Trees that were stopped or let go on, in order. */
  readonly freezes: { handle: number; frozen: boolean }[] = [];
  readonly signals: { handle: number; signal: string }[] = [];
  readonly acknowledged = new Map<number, number>();
  readonly log: string[] = [];
  /** Told to people. */
  readonly notices: string[] = [];
  /** Whether a worker's launch waited for the disk, and is given up. */
  withdraw: (worker: Worker) => boolean = () => false;
  /** Bytes that the disk has left, if anybody can tell. */
  free: number | undefined;
  readonly #pools: PoolRegister;
  readonly #sequences = new Map<number, number>();
  #handles = 0;

  constructor(clock: Clock, pool: Partial<PoolSettings> = {}) {
    this.clock = clock;
    const { changes } = this;
    this.store = new RememberingStore(clock);
    this.queue = new Queue(this.store, clock, changes, NOTHING, {
      settings: () => this.#pools.settings(POOL.name),
    });
    this.roster = new Roster(this.store, clock, changes);
    this.#pools = new PoolRegister(this.store, changes, []);
    this.#pools.declare({ ...POOL, ...pool });
    const room = { free: () => this.free, probe: async () => undefined };
    const disk = new DiskGate({ store: this.store, clock, folder: '/state', room });
    this.disk = disk;
    this.judge = new HealthJudge({ pools: this.#pools, durations: new TaskDurations(), clock });
    this.dispatcher = new Dispatcher(disk, this.queue, this.roster, clock);
    this.attempts = new Attempts({
      store: this.store,
      queue: this.queue,
      roster: this.roster,
      judge: this.judge,
      dispatcher: this.dispatcher,
      clock,
      changes,
    });
    const note = (line: string): void => void this.log.push(line);
    const log: Log = {
      info: note,
      warn: note,
      error: (message, error) => note(`${message} ${error instanceof Error ? error.stack : ''}`),
    };
    const keeper = new KeeperLink(
      { open: async () => this.#keeper(), takeOver: async () => undefined },
      {
        onMessage: () => undefined,
        onExit: () => undefined,
        onStray: () => undefined,
        onDisconnected: () => undefined,
      },
    );
    void keeper.ensure();
    this.messages = new WorkerMessages({
      store: this.store,
      roster: this.roster,
      pools: this.#pools,
      judge: this.judge,
      attempts: this.attempts,
      dispatcher: this.dispatcher,
      clock,
      changes,
      log,
      tokenSecret: () => SECRET,
    });
    this.freezer = new Freezer({
      store: this.store,
      attempts: this.attempts,
      dispatcher: this.dispatcher,
      keeper,
      clock,
      changes,
      log,
    });
    this.endings = new Endings({
      store: this.store,
      roster: this.roster,
      attempts: this.attempts,
      dispatcher: this.dispatcher,
      messages: this.messages,
      freezer: this.freezer,
      keeper,
      pools: this.#pools,
      clock,
      log,
      relaunch: (worker) => void this.launch(worker),
      failed: (worker) => this.autoRestart.failed(worker),
      launcher: { withdraw: (worker) => this.withdraw(worker) },
      warn: (_, message) => note(message),
    });
    this.autoRestart = new AutoRestart({
      store: this.store,
      roster: this.roster,
      pools: this.#pools,
      endings: this.endings,
      clock,
      changes,
      wanted: () => true,
      isCalledFor: () => true,
      relaunch: (worker) => void this.launch(worker),
      notice: ({ message }) => void this.notices.push(message),
    });
    const flags = new HealthFlags({
      store: this.store,
      judge: this.judge,
      changes,
      clock,
      autoRestart: this.autoRestart,
      ping: async () => undefined,
      notice: ({ message }) => void this.notices.push(message),
    });
    this.messages.onUnfit((worker, ending) => void this.endings.abort(worker, { to: 'FAILED', ...ending }));
    this.messages.onEndedWork((worker) => this.endings.endIfIdle(worker));
    this.watch = new Watch({
      roster: this.roster,
      pools: this.#pools,
      attempts: this.attempts,
      disk,
      endings: this.endings,
      judge: this.judge,
      flags,
      clock,
      changes,
      alsoEachTick: () => undefined,
    });
    this.dispatcher.useKeeper(this.#keeper());
    this.watch.start();
  }

  /** A process for a worker, new or started again. It has said nothing yet. */
  launch(worker = this.roster.add('p', {})): Worker {
    const from = worker.launch === 0 ? null : worker.state;
    worker.beginLaunch(worker.launch + 1);
    this.store.append({ type: 'worker.launched', worker: worker.id, launch: worker.launch, command: [] });
    this.roster.transition(worker, 'STARTING', 'started', from);
    this.roster.hold(worker, ++this.#handles);
    return worker;
  }

  /** A worker that has registered. */
  start(worker?: Worker, prefetch = 0): Worker {
    const launched = this.launch(worker);
    this.register(launched, prefetch);
    return launched;
  }

  register(worker: Worker, prefetch = 0): void {
    const params = {
      protocolVersion: 1,
      token: launchToken(SECRET, worker.id, worker.launch),
      worker: { name: 'test', language: 'test' },
      tasks: [{ name: 'run' }],
      capabilities: { prefetch },
    };
    this.say(worker.handle!, { id: 1, method: 'initialize', params });
    this.say(worker.handle!, { method: 'initialized', params: {} });
  }

  enqueue(count = 1, parameters = {}, timeout = 60): void {
    this.queue.enqueue({
      name: 'b',
      pool: 'p',
      task: 'run',
      priority: 0,
      maxAttempts: 3,
      timeout,
      match: [],
      source: { rows: Array.from({ length: count }, () => parameters) },
    });
    this.dispatcher.feedPool('p');
  }

  /** What the process behind a handle says; returns the message's number. */
  say(handle: number, message: object): number {
    const sequence = (this.#sequences.get(handle) ?? 0) + 1;
    this.#sequences.set(handle, sequence);
    this.messages.receive(handle, sequence, Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message })));
    return sequence;
  }

  /** Its process is gone. */
  exit(worker: Worker): void {
    this.endings.exited(worker, { code: null, signal: 'SIGKILL', at: 0, logTail: '' });
  }

  /** Lets the dispatcher do what it does at the end of a turn. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  events<Type extends JournalEvent['type']>(type: Type): Extract<JournalEvent, { type: Type }>[] {
    return this.store.events.filter((event): event is never => event.type === type);
  }

  #keeper(): KeeperClient {
    const frames = new Map<number, number>();
    return {
      pid: 1,
      kept: [],
      spawn: () => Promise.reject<KeptProcess>(new Error('not here')),
      send: (handle, body) => {
        this.sent.push({ handle, body: JSON.parse(body) as never });
        const frame = (frames.get(handle) ?? 0) + 1;
        frames.set(handle, frame);
        return frame;
      },
      acknowledge: (handle, sequence) => {
        assert.ok(sequence > (this.acknowledged.get(handle) ?? 0), 'acknowledged backwards');
        this.acknowledged.set(handle, sequence);
      },
      flush: () => void (this.flushed = this.sent.length),
      closeInput: async () => undefined,
      signal: async (handle, signal) => {
        this.signals.push({ handle, signal });
        return true;
      },
      freeze: async (handle, frozen) => {
        this.freezes.push({ handle, frozen });
        return true;
      },
      killTree: async (handle) => void this.killed.push(handle),
      logTail: async () => '',
      forget: async () => undefined,
      close: async () => undefined,
    };
  }
}
