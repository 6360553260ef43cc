/** Who of the run is alive, by the process table alone: nothing that the product says of itself is asked. */
import { readdirSync, readFileSync } from 'node:fs';

export interface CrewProcess {
  pid: number;
  /** A descendant has its worker's name. */
  role: 'supervisor' | 'keeper' | 'worker' | 'descendant' | 'face';
  worker: string;
}

/** In the order of their workers' names and their PIDs. */
export function crewProcesses(marker: string): CrewProcess[] {
  const found: (CrewProcess & { parent: number })[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
      if (!environment.includes(`CHAOS_RUN=${marker}`)) continue;
      const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === 'Z' || state === 'X') continue;
      const worker = environment.find((entry) => entry.startsWith('NIGHTCREW_WORKER_ID='))?.slice(20) ?? '';
      found.push({ pid, role: roleOf(command, worker), worker, parent: Number(parent) });
    } catch {
      // Gone meanwhile.
    }
  }
  const keepers = new Set(found.filter(({ role }) => role === 'keeper').map(({ pid }) => pid));
  return found
    .map(({ parent, ...entry }) => {
      const leads = entry.role === 'descendant' && keepers.has(parent);
      return leads ? { ...entry, role: 'worker' as const } : entry;
    })
    .sort((left, right) => left.worker.localeCompare(right.worker) || left.pid - right.pid);
}

function roleOf(command: string, worker: string): CrewProcess['role'] {
  if (worker !== '') return 'descendant';
  if (/nightcrew-supervisor|supervisor\.js/.test(command)) return 'supervisor';
  if (/nightcrew-keeper|keeper\.js/.test(command)) return 'keeper';
  return 'face';
}

/** False when it is gone already. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}
