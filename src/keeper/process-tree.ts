/**
 * A worker's whole tree: its process group, what descends from it, and what left both by `setsid` or a double fork
 * but still carries the launch's marker in its environment.
 *
 * Out of reach: a process that left the group, lost its parents *and* was started with an emptied environment.
 */
import { execFile } from 'node:child_process';
import type { Clock } from '../core/clock.ts';
import type { ProcessIdentity, WorkerId } from '../core/worker.ts';
import { signalProcess } from './process-identity.ts';
import { processTable, type ProcessEntry } from './process-table.ts';
import { systemProgram } from './windows-processes.ts';

/** Environment variables every worker is started with; they are inherited by whatever it starts. */
export const WORKER_ID_VARIABLE = 'NIGHTCREW_WORKER_ID';
export const LAUNCH_MARKER_VARIABLE = 'NIGHTCREW_LAUNCH_MARKER';

export interface TreeRoot {
  worker: WorkerId;
  /** The worker's main process, which leads its group. It may be dead while its tree lives. */
  leader: ProcessIdentity;
  /** Random for each launch, so that no process of another launch or another workspace matches. */
  marker: string;
}

export interface MarkedProcess {
  identity: ProcessIdentity;
  worker: WorkerId;
  marker: string;
}

/** Rounds of look-and-kill before giving up; with the pauses between them about five seconds. */
const MAX_ROUNDS = 40;
/** Milliseconds between rounds: doubled each time up to the second figure. A killed process needs a moment to go. */
const FIRST_PAUSE = 4;
const LONGEST_PAUSE = 160;

/**
 * Ends the tree with SIGKILL, looking again until nothing is left, because a process may fork while it is hunted.
 * Returns what could not be ended: processes stuck in the kernel, or of another user. Empty is the normal answer.
 */
export async function endTree(root: TreeRoot, clock: Clock): Promise<ProcessIdentity[]> {
  if (process.platform === 'win32') await taskkill(root.leader);
  let pause = FIRST_PAUSE;
  let left: ProcessIdentity[] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    await signalProcess(root.leader, 'SIGKILL', 'group');
    left = await findTree(root);
    if (left.length === 0) return left;
    for (const member of left) await signalProcess(member, 'SIGKILL');
    await new Promise<void>((resolve) => clock.after(pause, resolve));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
  return left;
}

/** Every live process of the tree, the leader included. */
export async function findTree(root: TreeRoot): Promise<ProcessIdentity[]> {
  const bootId = await processTable.bootId();
  if (root.leader.bootId !== bootId) return [];
  const entries = await processTable.list();
  const members = new Set(descendants(entries, root.leader));
  for (const marked of await markedEntries(entries)) {
    if (marked.marker !== root.marker || marked.worker !== root.worker) continue;
    for (const pid of descendants(entries, marked.entry)) members.add(pid);
  }
  return entries
    .filter((entry) => members.has(entry.pid) && entry.pid !== process.pid)
    .map(({ pid, startTime }) => ({ pid, startTime, bootId }));
}

/**
 * For each root that lives, the PIDs of its tree (itself first), by one pass over the process table: what the
 * sampling of memory and CPU adds up. Descendants that left both group and parents are not seen here; looking for
 * them costs a read of every process's environment, too much for something done every few seconds.
 */
export async function treeMembers(roots: readonly ProcessIdentity[]): Promise<Map<number, number[]>> {
  const bootId = await processTable.bootId();
  const entries = await processTable.list();
  const members = new Map<number, number[]>();
  for (const root of roots) {
    const pids = root.bootId === bootId ? descendants(entries, root) : [];
    if (pids.length > 0) members.set(root.pid, pids);
  }
  return members;
}

/** Every live process that carries a launch marker, of any workspace: what a sweep for left-overs starts from. */
export async function markedProcesses(): Promise<MarkedProcess[]> {
  const bootId = await processTable.bootId();
  const found = await markedEntries(await processTable.list());
  return found.map(({ entry: { pid, startTime }, worker, marker }) => ({
    identity: { pid, startTime, bootId },
    worker,
    marker,
  }));
}

/**
 * The root, its group and whatever descends from any of them; empty when the root is gone. The group counts only
 * while its leader lives: afterwards its number may have been given to strangers.
 */
function descendants(entries: readonly ProcessEntry[], root: { pid: number; startTime: string }): number[] {
  if (!entries.some((entry) => entry.pid === root.pid && entry.startTime === root.startTime)) return [];
  const children = new Map<number, number[]>();
  const members = new Set<number>([root.pid]);
  for (const entry of entries) {
    if (entry.group !== 0 && entry.group === root.pid) members.add(entry.pid);
    const siblings = children.get(entry.parent);
    if (siblings) siblings.push(entry.pid);
    else children.set(entry.parent, [entry.pid]);
  }
  // A Set grows while it is walked, so this visits what it adds.
  for (const pid of members) for (const child of children.get(pid) ?? []) members.add(child);
  return [...members];
}

interface MarkedEntry {
  entry: ProcessEntry;
  worker: WorkerId;
  marker: string;
}

async function markedEntries(entries: readonly ProcessEntry[]): Promise<MarkedEntry[]> {
  const environments = await processTable.environments(entries.map((entry) => entry.pid));
  const found: MarkedEntry[] = [];
  for (const entry of entries) {
    const environment = environments.get(entry.pid);
    if (environment === undefined || !environment.includes(LAUNCH_MARKER_VARIABLE)) continue;
    const variables = environment.split('\0');
    const worker = valueOf(variables, WORKER_ID_VARIABLE);
    const marker = valueOf(variables, LAUNCH_MARKER_VARIABLE);
    if (worker !== undefined && marker !== undefined) found.push({ entry, worker, marker });
  }
  return found;
}

function valueOf(variables: readonly string[], name: string): string | undefined {
  const prefix = `${name}=`;
  return variables.find((variable) => variable.startsWith(prefix))?.slice(prefix.length);
}

/** Not tested. `taskkill /T` follows parents; it finds nothing once the leader has gone, and then says so by its exit code. */
async function taskkill(leader: ProcessIdentity): Promise<void> {
  if ((await processTable.startTime(leader.pid)) !== leader.startTime) return;
  await new Promise<void>((resolve) => {
    execFile(
      systemProgram('taskkill.exe'),
      ['/PID', String(leader.pid), '/T', '/F'],
      { windowsHide: true },
      () => resolve(),
    );
  });
}
