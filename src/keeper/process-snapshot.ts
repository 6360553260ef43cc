/** One look at all processes of the machine, with who descends from whom and who carries a launch's marker. */
import type { WorkerId } from '../core/worker.ts';
import { EnvironmentVariable } from '../protocol/generated/messages.ts';
import { LAUNCH_MARKER_VARIABLE, WORKER_ID_VARIABLE } from './contract.ts';
import { processTable, type ProcessEntry } from './process-table.ts';

export interface MarkedEntry {
  entry: ProcessEntry;
  worker: WorkerId;
  marker: string;
  /** The folder it was started for, as it was named then. */
  workspace: string | undefined;
}

export interface Snapshot {
  bootId: string;
  processes: ProcessForest;
  marked: MarkedEntry[];
}

/** The live processes of one boot by number, group and parent. */
export class ProcessForest {
  readonly entries: readonly ProcessEntry[];
  readonly #byPid: Map<number, ProcessEntry>;
  readonly #byGroup: Map<number, ProcessEntry[]>;
  readonly #byParent: Map<number, ProcessEntry[]>;

  constructor(entries: readonly ProcessEntry[]) {
    this.entries = entries;
    this.#byPid = new Map(entries.map((entry) => [entry.pid, entry]));
    this.#byGroup = Map.groupBy(entries, ({ group }) => group);
    this.#byParent = Map.groupBy(entries, ({ parent }) => parent);
  }

  has(pid: number): boolean {
    return this.#byPid.has(pid);
  }

  /** Every member of a process group, whoever leads it now. */
  group(number: number): readonly ProcessEntry[] {
    return this.#byGroup.get(number) ?? [];
  }

  /**
   * The processes meant by `roots` that live, themselves first, the members of groups they lead, and whatever descends
   * from any of them. A group counts only while its leader lives: afterwards its number may have gone to strangers.
   */
  trees(roots: Iterable<{ pid: number; startTime: string }>): ProcessEntry[] {
    const members = new Set<ProcessEntry>();
    for (const { pid, startTime } of roots) {
      const entry = this.#byPid.get(pid);
      if (entry?.startTime === startTime) members.add(entry);
    }
    // A Set that grows while it is walked visits what was added.
    for (const { pid } of members) {
      for (const member of this.group(pid)) members.add(member);
      for (const child of this.#byParent.get(pid) ?? []) members.add(child);
    }
    return [...members];
  }
}

let running: Promise<Snapshot> | undefined;
let next: Promise<Snapshot> | undefined;

/**
 * A look that begins after the call. It is shared: thirty workers that end together cost two looks, one that runs already
 * and one for all who came too late for it.
 */
export function takeSnapshot(): Promise<Snapshot> {
  if (!running) {
    running = readSnapshot().finally(() => (running = undefined));
    return running;
  }
  next ??= running
    .catch(() => {})
    .then(() => {
      next = undefined;
      return takeSnapshot();
    });
  return next;
}

async function readSnapshot(): Promise<Snapshot> {
  const bootId = await processTable.bootId();
  const entries = await processTable.list();
  return { bootId, processes: new ProcessForest(entries), marked: await readMarkers(entries) };
}

async function readMarkers(entries: readonly ProcessEntry[]): Promise<MarkedEntry[]> {
  const environments = await processTable.environments(entries.map(({ pid }) => pid));
  const found: MarkedEntry[] = [];
  for (const entry of entries) {
    const environment = environments.get(entry.pid);
    if (environment === undefined || !environment.includes(LAUNCH_MARKER_VARIABLE)) continue;
    const variables = environment.split('\0');
    const worker = valueOf(variables, WORKER_ID_VARIABLE);
    const marker = valueOf(variables, LAUNCH_MARKER_VARIABLE);
    if (worker !== undefined && marker !== undefined) {
      found.push({ entry, worker, marker, workspace: valueOf(variables, EnvironmentVariable.workspace) });
    }
  }
  return found;
}

function valueOf(variables: readonly string[], name: string): string | undefined {
  const prefix = `${name}=`;
  return variables.find((variable) => variable.startsWith(prefix))?.slice(prefix.length);
}
