/**
 * A worker's whole tree: its process group, what descends from it, and what left both by `setsid` or a double fork
 * but still carries the launch's marker in its environment.
 *
 * Out of reach: a process that was started with an emptied environment, lost its parents, *and* left the group or is all
 * that is left of it.
 */
import { execFile } from 'node:child_process';
import type { Clock } from '../core/clock.ts';
import type { ProcessIdentity, WorkerId } from '../core/worker.ts';
import { isAlive, signalProcess } from './process-identity.ts';
import { ProcessForest, takeSnapshot, type MarkedEntry, type Snapshot } from './process-snapshot.ts';
import { processTable, type ProcessEntry } from './process-table.ts';
import { systemProgram } from './windows-processes.ts';

export { LAUNCH_MARKER_VARIABLE, WORKER_ID_VARIABLE } from './contract.ts';

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
  /** The folder it was started for, as it was named then. */
  workspace: string | undefined;
}

/** Rounds of kill-and-look before giving up; with the pauses between them about five seconds. */
const MAX_ROUNDS = 40;
/** Milliseconds between rounds: doubled each time up to the second figure. A killed process needs a moment to go. */
const FIRST_PAUSE = 4;
const LONGEST_PAUSE = 160;
/** Looks with these pauses between them for all of a tree to be stopped: about a second. */
const MAX_WAITS_FOR_STOP = 10;

/**
 * Ends the tree with SIGKILL, looking again until nothing is left, because a process may fork while it is hunted.
 * Returns what could not be ended: processes stuck in the kernel, or of another user. Empty is the normal answer.
 *
 * `trust`: what the group's number may be trusted for. `leader`: the group counts while its leader lives. `group`: the
 * caller has just reaped the leader; a number is not given away while anything is left of its group, and not within the
 * milliseconds since, so the first look counts the group as well.
 */
export async function endTree(
  root: TreeRoot,
  clock: Clock,
  trust: 'leader' | 'group' = 'leader',
): Promise<ProcessIdentity[]> {
  if (process.platform === 'win32') await taskkill(root.leader);
  const first = await takeSnapshot();
  const orphans = trust === 'group' ? orphanedGroup(root, first) : [];
  let left = treeOf(root, first, orphans);
  let pause = FIRST_PAUSE;
  for (let round = 0; left.length > 0 && round < MAX_ROUNDS; round++) {
    await signalProcess(root.leader, 'SIGKILL', 'group');
    for (const member of left) await signalProcess(member, 'SIGKILL');
    await new Promise<void>((resolve) => clock.after(pause, resolve));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
    // What descends from a member found before belongs to the tree, even if it hides its marker.
    left = treeOf(root, await takeSnapshot(), left);
  }
  return left;
}

/**
 * Stops every process of the tree, or lets it go on. Looks again until nothing new is found, because a process may fork before
 * it is stopped, and one that goes on may find its children stopped; and until all are seen to be stopped, because one that
 * waits for a processor takes the signal only when it gets one. One that waits for a disk may take it later than this answers.
 * Returns false when the leader is gone. Windows has no such signal.
 */
export async function freezeTree(root: TreeRoot, frozen: boolean, clock: Clock): Promise<boolean> {
  if (process.platform === 'win32') throw new Error('Windows cannot stop a process');
  const signal = frozen ? 'SIGSTOP' : 'SIGCONT';
  const hit = new Set<string>();
  let pause = FIRST_PAUSE;
  for (let looks = 0, waits = 0; looks < MAX_ROUNDS && waits < MAX_WAITS_FOR_STOP; looks++) {
    // The whole group at one moment first; what left the group is found behind it.
    if (!(await signalProcess(root.leader, signal, 'group'))) return false;
    const { bootId, members } = membersOf(root, await takeSnapshot(), []);
    const others = members.filter(({ pid, startTime }) => !hit.has(`${pid}/${startTime}`));
    for (const { pid, startTime } of others) {
      await signalProcess({ pid, startTime, bootId }, signal);
      hit.add(`${pid}/${startTime}`);
    }
    if (others.length > 0) continue;
    if (!frozen || members.every(({ stopped }) => stopped)) return true;
    await new Promise<void>((resolve) => clock.after(pause, resolve));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
    waits++;
  }
  return true;
}

/** Every live process of the tree, the leader included. */
export async function findTree(root: TreeRoot): Promise<ProcessIdentity[]> {
  return treeOf(root, await takeSnapshot(), []);
}

/**
 * For each root that lives, the PIDs of its tree (itself first), by one pass over the process table: what the
 * sampling of memory and CPU adds up. Descendants that left both group and parents are not seen here; looking for
 * them costs a read of every process's environment, too much for something done every few seconds.
 */
export async function treeMembers(roots: readonly ProcessIdentity[]): Promise<Map<number, number[]>> {
  const bootId = await processTable.bootId();
  const forest = new ProcessForest(await processTable.list());
  const members = new Map<number, number[]>();
  for (const root of roots) {
    const tree = root.bootId === bootId ? forest.trees([root]) : [];
    if (tree.length > 0)
      members.set(
        root.pid,
        tree.map(({ pid }) => pid),
      );
  }
  return members;
}

/** Every live process that carries a launch marker, of any workspace: what a sweep for left-overs starts from. */
export async function markedProcesses(): Promise<MarkedProcess[]> {
  const { bootId, marked } = await takeSnapshot();
  return marked.map(({ entry: { pid, startTime }, worker, marker, workspace }) => ({
    identity: { pid, startTime, bootId },
    worker,
    marker,
    workspace,
  }));
}

/**
 * What is in a group with one that carries the launch's marker, when the group's leader is gone. All of them descend from the
 * worker, because a group lies within a session, and the worker's session is its own; and while one of them lives, the number
 * is given to nobody else. A group that is none, or is led from outside of a container, reads as 0.
 */
function leaderlessGroups(
  ofLaunch: readonly MarkedEntry[],
  { processes }: Snapshot,
): readonly ProcessEntry[] {
  const groups = new Set(ofLaunch.map(({ entry }) => entry.group));
  return [...groups].flatMap((group) => (group <= 1 || processes.has(group) ? [] : processes.group(group)));
}

/** Members of the group that the dead leader left; none when its number names a process again. */
function orphanedGroup({ leader }: TreeRoot, { bootId, processes }: Snapshot): ProcessIdentity[] {
  if (leader.bootId !== bootId || processes.has(leader.pid)) return [];
  return processes.group(leader.pid).map(({ pid, startTime }) => ({ pid, startTime, bootId }));
}

function treeOf(root: TreeRoot, snapshot: Snapshot, known: readonly ProcessIdentity[]): ProcessIdentity[] {
  const { bootId, members } = membersOf(root, snapshot, known);
  return members.map(({ pid, startTime }) => ({ pid, startTime, bootId }));
}

function membersOf(
  { worker, leader, marker }: TreeRoot,
  snapshot: Snapshot,
  known: readonly ProcessIdentity[],
): { bootId: string; members: ProcessEntry[] } {
  const { bootId, processes, marked } = snapshot;
  const ofLaunch = marked.filter((found) => found.marker === marker && found.worker === worker);
  const roots = [...known, ...ofLaunch.map(({ entry }) => entry), ...leaderlessGroups(ofLaunch, snapshot)];
  if (leader.bootId === bootId) roots.push(leader);
  return { bootId, members: processes.trees(roots).filter(({ pid }) => pid !== process.pid) };
}

/** Not tested. `taskkill /T` follows parents; it finds nothing once the leader has gone, and says so by its exit code. */
async function taskkill(leader: ProcessIdentity): Promise<void> {
  if (!(await isAlive(leader))) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const taskkillArguments = ['/PID', String(leader.pid), '/T', '/F'];
  execFile(systemProgram('taskkill.exe'), taskkillArguments, { windowsHide: true }, () => resolve());
  await promise;
}
