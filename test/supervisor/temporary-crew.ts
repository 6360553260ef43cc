/**
 * A workspace with a real supervisor, a real keeper and real workers, for one test. Everything it starts is ended by its
 * own identity, and a test that leaves a process behind fails.
 */
import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CrewState, WorkerView } from '../../src/control/crew-state.ts';
import type { ConnectOptions, ControlClient } from '../../src/control/client-contract.ts';
import { connect, connectOrStart } from '../../src/control/connect.ts';
import { readLease } from '../../src/control/lease.ts';
import { runtimeFolder } from '../../src/control/runtime-folder.ts';
import type { ProcessIdentity } from '../../src/core/worker.ts';
import { readKeeperRecord } from '../../src/keeper/keeper-record.ts';
import { isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { markedProcesses } from '../../src/keeper/process-tree.ts';
import { launchMarker } from '../../src/keeper/launch-marker.ts';
import { waitFor } from '../wait-for.ts';

const repository = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const distribution = join(repository, 'dist');
export const fixtures = join(dirname(fileURLToPath(import.meta.url)), 'fixtures');

export class TemporaryCrew {
  readonly workspace: string;
  readonly runtime: string;
  readonly #ownsRuntime: boolean;
  #clients: ControlClient[] = [];

  private constructor(crewFile: string, place: string, runtime: string | undefined) {
    this.workspace = join(mkdtempSync(join(place, 'nightcrew-test-')), 'w');
    this.runtime = runtime ?? join(mkdtempSync(join(tmpdir(), 'nightcrew-test-')), 'r');
    this.#ownsRuntime = runtime === undefined;
    mkdirSync(this.workspace);
    mkdirSync(this.runtime, { recursive: true, mode: 0o700 });
    cpSync(fixtures, this.workspace, { recursive: true });
    this.writeCrewFile(crewFile);
  }

  /**
   * Makes the workspace, in `place` when its disk matters; nothing is started yet. `runtime`: a runtime folder that the caller
   * keeps, for several crews that one program is to find.
   */
  static make(crewFile: string, place = tmpdir(), runtime?: string): TemporaryCrew {
    assert.ok(existsSync(join(distribution, 'supervisor.js')), 'run `npm run build` first');
    return new TemporaryCrew(crewFile, place, runtime);
  }

  writeCrewFile(text: string): void {
    writeFileSync(join(this.workspace, 'nightcrew.yaml'), text);
  }

  /** Environment of every process that is to find this crew. */
  get environment(): NodeJS.ProcessEnv {
    return { ...process.env, NIGHTCREW_RUNTIME_DIR: this.runtime };
  }

  async connect(): Promise<ControlClient> {
    const client = await connectOrStart(this.#options);
    this.#clients.push(client);
    return client;
  }

  /** Connects to the supervisor that lives; undefined when there is none. */
  async connectOnly(): Promise<ControlClient | undefined> {
    const client = await connect(this.#options);
    if (client) this.#clients.push(client);
    return client;
  }

  /** Waits until a condition holds for the crew's state. */
  async until(
    client: ControlClient,
    what: string,
    condition: (state: CrewState) => boolean,
    seconds = 20,
  ): Promise<CrewState> {
    let state = await client.request('status', {});
    await waitFor(
      what,
      async () => {
        state = await client.request('status', {});
        return condition(state);
      },
      { seconds, seen: () => describeCrew(state) },
    );
    return state;
  }

  log(worker: string): string {
    return readFileSync(join(this.workspace, '.nightcrew', 'logs', `worker_${worker}.log`), 'utf8');
  }

  async supervisor(): Promise<ProcessIdentity | undefined> {
    return readLease(this.#folders.leaseFile)?.identity;
  }

  async keeper(): Promise<ProcessIdentity | undefined> {
    return (await readKeeperRecord(this.#folders.folder))?.identity;
  }

  /** Ends the crew the way a user would, then makes sure that nothing of it is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    const [supervisor, keeper] = [await this.supervisor(), await this.keeper()];
    const client = await this.connectOnly();
    if (client) {
      const closed = new Promise<void>((resolve) => client.onClose(resolve));
      await client.request('down', { mode: 'abort' });
      await closed;
    }
    for (const open of this.#clients) open.close();
    const left: string[] = [];
    for (const [name, identity] of [
      ['supervisor', supervisor],
      ['keeper', keeper],
    ] as const) {
      if (!identity) continue;
      const gone = await waitFor(`the ${name} to end`, async () => !(await isAlive(identity)), {
        seconds: 10,
      }).then(
        () => true,
        () => false,
      );
      if (!gone) {
        left.push(`${name} ${identity.pid}`);
        await signalProcess(identity, 'SIGKILL');
      }
    }
    left.push(...(await this.#leftWorkers()));
    const logs = ['supervisor', 'keeper'].map((name) => {
      const file = join(this.workspace, '.nightcrew', 'logs', `${name}.log`);
      return `${name}.log:\n${existsSync(file) ? readFileSync(file, 'utf8') : ''}`;
    });
    for (const folder of this.#ownsRuntime ? [this.workspace, this.runtime] : [this.workspace]) {
      rmSync(dirname(folder), { recursive: true, force: true });
    }
    if (left.length === 0) return;
    // Beside a failed test, the error of its end is hidden in a SuppressedError, of which the reporter shows nothing.
    console.error(`Left behind: ${left.join(', ')}\n${logs.join('\n')}`);
    assert.fail(`processes were left behind: ${left.join(', ')}`);
  }

  get #options(): ConnectOptions {
    return { workspace: this.workspace, client: 'test', distribution, environment: this.environment };
  }

  get #folders(): ReturnType<typeof runtimeFolder> {
    return runtimeFolder(this.workspace, this.environment);
  }

  async #leftWorkers(): Promise<string[]> {
    const marks = new Set<string>();
    const logs = join(this.workspace, '.nightcrew', 'logs');
    const workers = existsSync(logs)
      ? readdirSync(logs).flatMap((name) => /^worker_(.+)\.log$/.exec(name)?.[1] ?? [])
      : [];
    for (const worker of workers) {
      for (let launch = 1; launch < 50; launch++) marks.add(launchMarker(this.workspace, worker, launch));
    }
    const left = (await markedProcesses()).filter(({ marker }) => marks.has(marker));
    for (const { identity } of left) await signalProcess(identity, 'SIGKILL');
    return left.map(({ worker, identity }) => `${worker} ${identity.pid}`);
  }
}

export function workerOf(state: CrewState, id: string): WorkerView {
  const worker = state.workers.find((candidate) => candidate.id === id);
  assert.ok(worker, `there is no worker ${id}`);
  return worker;
}

function describeCrew(state: CrewState): string {
  const workers = state.workers.map(
    ({ id, state: is, reason, job }) => `${id} ${is} (${reason})${job ? ` job ${job.id}` : ''}`,
  );
  const pools = state.pools.map(({ name, counts }) => `${name} ${JSON.stringify(counts)}`);
  return [...workers, ...pools].join('\n');
}
