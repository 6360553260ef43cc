/** The temporary folder of one job: what the command reads its parameters from and writes its result to. */
import { createHash } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JobFailed, type Job } from '../../protocol/node/nightcrew-worker/index.js';
import { parameterText, parameterVariable } from '../core/placeholders.ts';

/** Bytes. Linux refuses an environment variable above 128 KiB; what is longer stands in the file alone. */
const MAX_VARIABLE_BYTES = 100_000;

/**
 * Removes what an earlier launch of this worker left when it was killed. The name says whose it is: a worker has one
 * process at a time, so no one else can be using it. Run by hand, without a supervisor, it is nobody's.
 */
export function removeLeftFolders(): void {
  if (process.env['NIGHTCREW_WORKER_ID'] === undefined) return;
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(prefix())) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch (error) {
      console.error(`What an earlier launch left cannot be removed: ${(error as Error).message}`);
    }
  }
}

function prefix(): string {
  const { NIGHTCREW_WORKSPACE: workspace, NIGHTCREW_WORKER_ID: worker } = process.env;
  const owner = createHash('sha256').update(`${workspace}\n${worker}`).digest('hex').slice(0, 16);
  return `nightcrew-job-${owner}-`;
}

/** A folder that only this user can read, removed by `remove`. */
export class JobFolder {
  readonly #path: string;
  readonly #job: Job;

  private constructor(path: string, job: Job) {
    this.#path = path;
    this.#job = job;
  }

  static async create(job: Job): Promise<JobFolder> {
    const folder = new JobFolder(await mkdtemp(join(tmpdir(), `${prefix()}${job.id}-`)), job);
    await folder.#write('parameters.json', job.parameters);
    if (job.checkpoint !== undefined) await folder.#write('checkpoint.json', job.checkpoint);
    return folder;
  }

  /** The variables that tell the command about its job. */
  environment(): Record<string, string> {
    const { id, attempt, checkpoint, parameters } = this.#job;
    const environment: Record<string, string> = {};
    for (const [name, value] of Object.entries(parameters)) {
      const text = parameterText(value);
      if (Buffer.byteLength(text) <= MAX_VARIABLE_BYTES) environment[parameterVariable(name)] = text;
    }
    environment['NIGHTCREW_JOB_ID'] = String(id);
    environment['NIGHTCREW_ATTEMPT'] = String(attempt);
    environment['NIGHTCREW_PARAMETERS_FILE'] = join(this.#path, 'parameters.json');
    environment['NIGHTCREW_RESULT_FILE'] = join(this.#path, 'result.json');
    if (checkpoint !== undefined) {
      environment['NIGHTCREW_CHECKPOINT_FILE'] = join(this.#path, 'checkpoint.json');
    }
    return environment;
  }

  /**
   * What the command wrote to its result file; undefined when it wrote none. Throws JobFailed when that is no JSON.
   */
  async result(): Promise<{ value: unknown } | undefined> {
    let text: string;
    try {
      text = await readFile(join(this.#path, 'result.json'), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      return { value: JSON.parse(text) };
    } catch (error) {
      throw new JobFailed(
        'result invalid',
        `what the command wrote to NIGHTCREW_RESULT_FILE is not JSON: ${(error as Error).message}`,
        text.slice(0, 2000),
      );
    }
  }

  /** Synchronous, because the end of the process is one of the times for it. */
  remove(): void {
    rmSync(this.#path, { recursive: true, force: true });
  }

  async #write(name: string, value: unknown): Promise<void> {
    await writeFile(join(this.#path, name), JSON.stringify(value), { mode: 0o600 });
  }
}

/** `NIGHTCREW_PARAM_SITE_NAME` for `site-name`. */
