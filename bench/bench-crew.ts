/** A workspace for a measurement: the built product, from the outside, as a face sees it. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ControlClient } from '../src/control/client-contract.ts';
import { applyDelta } from '../src/control/crew-model.ts';
import { connectOrStart } from '../src/control/connect.ts';
import type { CrewState } from '../src/control/crew-state.ts';

const folder = dirname(fileURLToPath(import.meta.url));
export const distribution = join(folder, '..', 'dist');
export const workers = join(folder, 'workers');

/** Runs `measure` in a workspace of its own, in which nothing runs yet, and leaves nothing behind. */
export async function withWorkspace<T>(
  crewFile: string,
  measure: (workspace: string) => Promise<T>,
): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'nightcrew-bench-'));
  const workspace = join(root, 'w');
  mkdirSync(workspace);
  mkdirSync(join(root, 'r'), { mode: 0o700 });
  process.env['NIGHTCREW_RUNTIME_DIR'] = join(root, 'r');
  cpSync(workers, workspace, { recursive: true });
  writeFileSync(join(workspace, 'nightcrew.yaml'), crewFile);
  try {
    return await measure(workspace);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Runs `measure` against a crew of its own and leaves nothing behind. */
export function withCrew<T>(
  crewFile: string,
  measure: (client: ControlClient, workspace: string) => Promise<T>,
): Promise<T> {
  return withWorkspace(crewFile, async (workspace) => {
    const client = await connectTo(workspace);
    try {
      return await measure(client, workspace);
    } finally {
      // It may be another supervisor by now than the one that was started here.
      await endCrew(await connectTo(workspace));
      client.close();
    }
  });
}

export function connectTo(workspace: string): Promise<ControlClient> {
  return connectOrStart({ workspace, client: 'bench', distribution });
}

/** Ends supervisor, keeper and workers. */
export async function endCrew(client: ControlClient): Promise<void> {
  const closed = new Promise<void>((resolve) => client.onClose(resolve));
  await client.request('down', { mode: 'abort' });
  await closed;
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

export function median(values: readonly number[]): number {
  return percentile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
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

/** Megabytes of a line of `/proc/<pid>/status`, such as `VmHWM`; Linux only. */
export function memory(pid: number, line: string): number {
  try {
    const match = new RegExp(`^${line}:\\s+(\\d+) kB$`, 'm').exec(
      readFileSync(`/proc/${pid}/status`, 'utf8'),
    );
    return (Number(match?.[1] ?? NaN) * 1024) / 1e6;
  } catch {
    return NaN;
  }
}

/** Names of the measurements' lines. */
export function label(text: string): string {
  return `  ${text.padEnd(34)}`;
}

/** The least and the median of several rounds: the machine does other things, too. */
export function spread(values: readonly number[], unit: string, digits = 0): string {
  const least = Math.min(...values).toFixed(digits);
  return `${least} ${unit} (median ${median(values).toFixed(digits)})`;
}
