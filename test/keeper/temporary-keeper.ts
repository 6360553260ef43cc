/** A keeper of one test's own, with what its supervisors saw. Everything it started is ended after the test, by identity. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { systemClock } from '../../src/core/clock.ts';
import type { ProcessIdentity } from '../../src/core/worker.ts';
import { connectKeeper } from '../../src/keeper/client.ts';
import type { KeeperClient, KeptProcess, ProcessExit, StrayDetail } from '../../src/keeper/contract.ts';
import { readKeeperRecord } from '../../src/keeper/keeper-record.ts';
import { identifyProcess, isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { endTree, markedProcesses } from '../../src/keeper/process-tree.ts';
import { startKeeper, type StartKeeperOptions } from '../../src/keeper/start-keeper.ts';
import type { RestartCommand } from '../../src/keeper/supervisor-restart.ts';
import { waitFor } from '../wait-for.ts';

export const fixture = (name: string) => path.join(import.meta.dirname, 'fixtures', name);
export const python = (name: string, ...rest: (string | number)[]) => [
  'python3',
  fixture(name),
  ...rest.map(String),
];

export interface SeenMessage {
  handle: number;
  sequence: number;
  body: string;
}

/** What one supervisor was told, in order. */
export class Seen {
  readonly messages: SeenMessage[] = [];
  readonly exits = new Map<number, ProcessExit>();
  readonly strays: (StrayDetail & { handle: number })[] = [];
  readonly inputClosed: { handle: number; reason: string; deliveredFrame: number }[] = [];
  readonly order: string[] = [];
  disconnected: string | undefined;
  /** Called for each message, to acknowledge it for example. */
  onMessage: (handle: number, sequence: number) => void = () => {};

  readonly events = {
    onMessage: (handle: number, sequence: number, body: Buffer) => {
      this.messages.push({ handle, sequence, body: body.toString('utf8') });
      this.order.push(`message ${handle}`);
      this.onMessage(handle, sequence);
    },
    onExit: (handle: number, exit: ProcessExit) => {
      this.exits.set(handle, exit);
      this.order.push(`exit ${handle}`);
    },
    onStray: (handle: number, detail: StrayDetail) => {
      this.strays.push({ handle, ...detail });
    },
    onInputClosed: (handle: number, detail: { reason: 'broken' | 'overflow'; deliveredFrame: number }) => {
      this.inputClosed.push({ handle, ...detail });
    },
    onDisconnected: (reason: 'closed' | 'replaced') => {
      this.disconnected = reason;
    },
  };

  sequences(handle: number): number[] {
    return this.messages.filter((message) => message.handle === handle).map(({ sequence }) => sequence);
  }

  async untilMessages(count: number): Promise<void> {
    await waitFor(`${count} messages`, () => this.messages.length >= count, {
      seconds: 60,
      seen: () => `${this.messages.length} messages, exits ${JSON.stringify([...this.exits])}`,
    });
  }

  async untilExit(handle: number): Promise<ProcessExit> {
    await waitFor(`the exit of ${handle}`, () => this.exits.has(handle), { seconds: 60 });
    return this.exits.get(handle)!;
  }
}

export class TemporaryKeeper {
  readonly folder: string;
  readonly token = randomUUID();
  /** Every marker this keeper's workers carry begins with it: so nothing of another test is ever ended. */
  readonly #mark = randomUUID();
  #launches = 0;

  private constructor(folder: string) {
    this.folder = folder;
    after(() => this.#end());
  }

  static async create(): Promise<TemporaryKeeper> {
    return new TemporaryKeeper(await mkdtemp(path.join(tmpdir(), 'nightcrew-keeper-')));
  }

  /** Options but for what differs between supervisors. */
  options(restart?: RestartCommand): Omit<StartKeeperOptions, 'serverId' | 'identity' | 'events'> {
    return {
      entry: path.join(import.meta.dirname, '../../src/keeper/main.ts'),
      executable: process.execPath,
      runtimeFolder: this.folder,
      token: this.token,
      workspace: this.folder,
      restart: restart ?? { executable: process.execPath, arguments: ['--version'], env: {} },
    };
  }

  async start(
    restart?: RestartCommand,
    waitingBytes?: number,
  ): Promise<{ client: KeeperClient; seen: Seen }> {
    const seen = new Seen();
    const identity = (await identifyProcess(process.pid))!;
    const client = await startKeeper({
      ...this.options(restart),
      ...(waitingBytes === undefined ? {} : { waitingBytes }),
      serverId: 'test',
      identity,
      events: seen.events,
    });
    return { client, seen };
  }

  /** Another supervisor; it takes over from the one before. */
  async connect(restart?: RestartCommand): Promise<{ client: KeeperClient; seen: Seen }> {
    const seen = new Seen();
    const identity = (await identifyProcess(process.pid))!;
    const client = await connectKeeper({
      runtimeFolder: this.folder,
      serverId: 'test',
      identity,
      events: seen.events,
      ...(restart && { restart }),
    });
    return { client, seen };
  }

  spawn(
    client: KeeperClient,
    command: string[],
    { worker = 'a-1', cwd = this.folder, env = {} as Record<string, string> } = {},
  ): Promise<KeptProcess> {
    return client.spawn({
      worker,
      launch: ++this.#launches,
      command,
      cwd,
      env: {
        PATH: process.env['PATH']!,
        NIGHTCREW_LAUNCH_MARKER: `${this.#mark}-${this.#launches}`,
        ...env,
      },
      logFile: this.logFile(worker),
    });
  }

  logFile(worker: string): string {
    return path.join(this.folder, 'logs', `worker_${worker}.log`);
  }

  async identity(): Promise<ProcessIdentity> {
    return (await readKeeperRecord(this.folder))!.identity;
  }

  /** What the keeper wrote to its own log. */
  log(): string {
    return readFileSync(path.join(this.folder, 'keeper.log'), 'utf8');
  }

  async #end(): Promise<void> {
    const record = await readKeeperRecord(this.folder);
    if (record) {
      await signalProcess(record.identity, 'SIGKILL');
      await waitFor('the end of the keeper', async () => !(await isAlive(record.identity)));
    }
    for (const { identity, worker, marker } of await markedProcesses()) {
      if (marker.startsWith(this.#mark)) await endTree({ worker, leader: identity, marker }, systemClock);
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
