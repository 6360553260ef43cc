/** What is done to a crew, behind the back of the window that shows it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CrewState } from '../../../src/control/crew-state.ts';
import type { ProcessIdentity } from '../../../src/core/worker.ts';
import { identifyProcess, signalProcess } from '../../../src/keeper/process-identity.ts';
import { attemptsOf, kill } from '../../supervisor/ledger-crew.ts';
import type { TemporaryCrew } from '../../supervisor/temporary-crew.ts';
import { waitFor } from '../../wait-for.ts';

/** A loaded machine takes its time to open a window. */
export const PATIENCE = { seconds: 60 };

/** Two workers, each with a job that lasts as long as the test does. Works with the supervisor that is there. */
export async function makeBusy(crew: TemporaryCrew): Promise<CrewState> {
  const client = (await crew.connectOnly()) ?? (await crew.connect());
  await client.request('up', {});
  const base = { hold: join(crew.workspace, 'go') };
  await client.request('enqueue', { pool: 'tag', source: { matrix: { n: [1, 2] }, base } });
  await waitFor('both jobs to begin', () => attemptsOf(crew, 'begin').length >= 2, PATIENCE);
  return client.request('status', {});
}

/** Supervisor and keeper in one moment: neither has time to bring the other back. */
export async function killBoth(crew: TemporaryCrew): Promise<void> {
  const [supervisor, keeper] = [await crew.supervisor(), await crew.keeper()];
  assert.ok(supervisor && keeper);
  await signalProcess(keeper, 'SIGSTOP');
  await kill(supervisor);
  await kill(keeper);
}

/** Makes it busy, and then ends all of it at once, workers too. Resolves with the workers that were. */
export async function switchOff(crew: TemporaryCrew): Promise<ProcessIdentity[]> {
  const { workers: views } = await makeBusy(crew);
  const found = await Promise.all(views.map(({ pid }) => identifyProcess(pid!)));
  const workers = found.filter((identity) => identity !== undefined);
  await killBoth(crew);
  for (const worker of workers) await kill(worker);
  return workers;
}

export async function nightcrew(version: string, crew: TemporaryCrew, ...given: string[]): Promise<string> {
  const options = { cwd: crew.workspace, env: crew.environment };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(version, 'cli.js'), ...given],
    options,
  );
  return stdout;
}

export const processesOf = (state: CrewState): unknown[] =>
  state.workers.map(({ id, pid, launch }) => [id, pid, launch]);

/** What is in the files of the state folder, but for the log. */
export function contentsOf(crew: TemporaryCrew): Record<string, string> {
  const folder = join(crew.workspace, '.nightcrew');
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.log'))
    .map(({ parentPath, name }) => join(parentPath, name));
  const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
  return Object.fromEntries(paths.sort().map((path) => [path, digest(path)]));
}
