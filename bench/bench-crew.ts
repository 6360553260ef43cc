/** A workspace for a measurement: the built product, from the outside, as a face sees it. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ControlClient } from '../src/control/client-contract.ts';
import { applyDelta } from '../src/control/crew-model.ts';
import { connectOrStart } from '../src/control/connect.ts';
import type { CrewState } from '../src/control/api.ts';

const folder = dirname(fileURLToPath(import.meta.url));
export const distribution = join(folder, '..', 'dist');
export const workers = join(folder, 'workers');

/** Runs `measure` against a crew of its own and leaves nothing behind. */
export async function withCrew<T>(
  crewFile: string,
  measure: (client: ControlClient, workspace: string) => Promise<T>,
): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'nightcrew-bench-'));
  const workspace = join(root, 'w');
  mkdirSync(workspace);
  mkdirSync(join(root, 'r'), { mode: 0o700 });
  process.env['NIGHTCREW_RUNTIME_DIR'] = join(root, 'r');
  cpSync(workers, workspace, { recursive: true });
  writeFileSync(join(workspace, 'nightcrew.yaml'), crewFile);
  const client = await connectOrStart({ workspace, client: 'bench', distribution });
  try {
    return await measure(client, workspace);
  } finally {
    const closed = new Promise<void>((resolve) => client.onClose(resolve));
    await client.request('down', { mode: 'abort' });
    await closed;
    rmSync(root, { recursive: true, force: true });
  }
}

/** Follows the crew's state until `reached` holds; no polling, so that the waiting costs nothing. */
export async function follow(
  client: ControlClient,
  reached: (state: CrewState) => boolean,
): Promise<CrewState> {
  let state = await client.request('subscribe', {});
  return new Promise((resolve) => {
    const look = (): boolean => {
      if (!reached(state)) return false;
      stop();
      resolve(state);
      return true;
    };
    const stop = client.on('state/changed', (delta) => {
      state = applyDelta(state, delta);
      look();
    });
    look();
  });
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** CPU seconds that a process has used; Linux only, NaN elsewhere. */
export function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return NaN;
  }
}
