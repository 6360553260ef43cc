/** Memory and cores of the machine, as far as this process may use them. */
import { readFileSync } from 'node:fs';
import { availableParallelism, freemem, totalmem } from 'node:os';

export interface MachineMemory {
  /** Bytes. */
  total: number;
  available: number;
}

/** A control group's limit where there is one; what the system could give without swapping elsewhere. */
export function machineMemory(): MachineMemory {
  const limit = process.constrainedMemory();
  // Without a limit this is 0 or near 2^64, depending on the platform.
  const limited = limit > 0 && limit < totalmem();
  return limited
    ? { total: limit, available: Math.min(process.availableMemory(), systemAvailable()) }
    : { total: totalmem(), available: systemAvailable() };
}

export function machineCores(): number {
  return availableParallelism();
}

/** Free memory alone leaves out what caches would give back. */
function systemAvailable(): number {
  if (process.platform !== 'linux') return freemem();
  try {
    const match = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'));
    return match ? Number(match[1]) * 1024 : freemem();
  } catch {
    return freemem();
  }
}
