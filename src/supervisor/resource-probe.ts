/** Memory and CPU of whole process trees on this machine, by one pass over the process table and pidusage. */
import pidusage from 'pidusage';
import type { ProcessIdentity } from '../core/worker.ts';
import { treeMembers } from '../keeper/process-tree.ts';

export interface ResourceUse {
  /** Bytes. */
  memory: number;
  /** Percent of one core, since the last look at the process. */
  cpu: number;
}

export interface ResourceProbe {
  /** By PID of the root; a tree that is gone is missing. */
  measure(roots: readonly ProcessIdentity[]): Promise<Map<number, ResourceUse>>;
}

export const treeProbe: ResourceProbe = {
  async measure(roots) {
    if (roots.length === 0) return new Map();
    const trees = await treeMembers(roots);
    const pids = [...trees.values()].flat();
    // A process that ended meanwhile is null in the answer; when all did, pidusage rejects.
    const usage: Record<number, pidusage.Status | null> =
      pids.length > 0 ? await pidusage(pids).catch(() => ({})) : {};
    return new Map(
      [...trees].map(([root, members]) => {
        const known = members.flatMap((pid) => usage[pid] ?? []);
        const memory = known.reduce((sum, each) => sum + each.memory, 0);
        return [root, { memory, cpu: known.reduce((sum, { cpu }) => sum + cpu, 0) }];
      }),
    );
  },
};
