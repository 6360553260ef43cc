/**
 * Where one run takes place. The workspace lies on a small disk of its own where one can be mounted; the ledger and the
 * records of the test do not, because that disk is filled at times.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const DISK_BYTES = 256 * 1024 * 1024;

const CREW_FILE = `
pools:
  py: { command: python3 chaos.py, workers: 2, attempts: 1000, backoff: 100ms, backoffMax: 1s, timeout: 600s, grace: 1s, heartbeat: 1s }
  node: { command: node chaos.cjs, workers: 2, attempts: 1000, backoff: 100ms, backoffMax: 1s, timeout: 600s, grace: 1s, heartbeat: 1s }
  sh: { run: 'sh chaos.sh {kind} {ticket} {seconds}', workers: 1, attempts: 1000, backoff: 100ms, backoffMax: 1s, timeout: 600s, grace: 1s, heartbeat: 1s }
`;

export class ChaosFolder {
  readonly path: string;
  /** Tells this run's processes from all others: every one of them has it in its environment. */
  readonly marker: string;
  /** Whether the workspace can be filled without harm to others. */
  readonly hasOwnDisk: boolean;

  constructor(seed: number) {
    this.path = realpathSync(mkdtempSync(join(tmpdir(), `nightcrew-chaos-${seed}-`)));
    this.marker = basename(this.path);
    for (const name of ['disk', 'locks', 'tmp']) mkdirSync(join(this.path, name));
    mkdirSync(this.runtime, { mode: 0o700 });
    this.hasOwnDisk = mount(this.disk);
    mkdirSync(this.workspace);
    mkdirSync(this.archive);
    cpSync(join(import.meta.dirname, 'workers'), this.workspace, { recursive: true });
    writeFileSync(join(this.workspace, 'nightcrew.yaml'), CREW_FILE);
    for (const name of ['ledger', 'trace.jsonl', 'acknowledged.jsonl'])
      writeFileSync(join(this.path, name), '');
  }

  get disk(): string {
    return join(this.path, 'disk');
  }

  get workspace(): string {
    return join(this.disk, 'w');
  }

  get stateFolder(): string {
    return join(this.workspace, '.nightcrew');
  }

  get journal(): string {
    return join(this.stateFolder, 'journal');
  }

  /** Second names of the journal's segments, so that the whole journal can be read when the product has cut it. */
  get archive(): string {
    return join(this.disk, 'archive');
  }

  get runtime(): string {
    return join(this.path, 'r');
  }

  get environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      NIGHTCREW_RUNTIME_DIR: this.runtime,
      TMPDIR: join(this.path, 'tmp'),
      CHAOS_RUN: this.marker,
      CHAOS_FOLDER: this.path,
    };
  }

  /** What was done and when; `at` in milliseconds, as in the journal and the ledger. */
  trace(what: string, detail: object = {}): void {
    this.#append('trace.jsonl', { what, ...detail });
  }

  /** An answer that a face has got: what it says must hold from now on. */
  acknowledged(detail: object): void {
    this.#append('acknowledged.jsonl', detail);
  }

  /** For all that this process starts. Its own entry in the process table stays as it was, without the marker. */
  adoptEnvironment(): void {
    Object.assign(process.env, this.environment);
  }

  remove(): void {
    if (this.hasOwnDisk) execFileSync('umount', [this.disk]);
    rmSync(this.path, { recursive: true, force: true });
  }

  /** For a person to look at: the disk of its own goes with this process. */
  keep(): void {
    if (this.hasOwnDisk) cpSync(this.disk, join(this.path, 'disk-kept'), { recursive: true });
  }

  #append(name: string, detail: object): void {
    appendFileSync(join(this.path, name), `${JSON.stringify({ at: Date.now(), ...detail })}\n`);
  }
}

function mount(folder: string): boolean {
  if (process.env['CHAOS_MOUNTS'] !== 'yes') return false;
  try {
    const options = ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'nightcrew-chaos', folder];
    execFileSync('mount', options, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
