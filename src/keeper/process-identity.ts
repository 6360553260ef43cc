/**
 * Which process is meant. A PID alone names whatever runs under that number now; with the start time and the boot
 * it names one process for ever. Nothing here signals a process before all three match.
 */
import type { ProcessIdentity } from '../core/worker.ts';
import { processTable } from './process-table.ts';

/** The identity of the live process under `pid`, or undefined when there is none. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  const startTime = await processTable.startTime(pid);
  return startTime === undefined ? undefined : { pid, startTime, bootId: await processTable.bootId() };
}

/** Whether exactly this process lives. A zombie does not: it only waits for its parent to read its exit code. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  if (identity.bootId !== (await processTable.bootId())) return false;
  return (await processTable.startTime(identity.pid)) === identity.startTime;
}

/**
 * Signals exactly this process, or its whole group when it leads one. Returns false, and signals nothing, when the
 * process is gone or its number belongs to another one now.
 *
 * The check and the signal are two system calls. Between them a process that is not our child could end and its
 * number be given away; the kernel hands out numbers in a circle, so that this takes a whole round within microseconds.
 */
export async function signalProcess(
  identity: ProcessIdentity,
  signal: NodeJS.Signals,
  scope: 'process' | 'group' = 'process',
): Promise<boolean> {
  if (!(await isAlive(identity))) return false;
  try {
    process.kill(scope === 'group' && process.platform !== 'win32' ? -identity.pid : identity.pid, signal);
    return true;
  } catch (error) {
    // ESRCH: it ended just now. EPERM: it changed its user, as `sudo` does; we have no power over it.
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ESRCH' || code === 'EPERM') return false;
    throw error;
  }
}
