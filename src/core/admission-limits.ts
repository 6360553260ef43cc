/** Whether a worker could be admitted at all, on a machine that does nothing else. */
import { WINDOWS_SPARE, type MachineFacts } from './admission.ts';
import { formatByteSize } from './byte-size.ts';
import type { WorkerNeed } from './memory-need.ts';

/** Why not, as clauses behind its name; empty: it fits when there is room. */
export function neverFits(need: WorkerNeed, machine: MachineFacts, maxWorkers: number | undefined): string[] {
  const memory = machine.memory.total - (machine.platform === 'win32' ? WINDOWS_SPARE : 0);
  const { devices, cores } = machine;
  return [
    ...(need.memory > memory
      ? [`needs about ${formatByteSize(need.memory)}, and the machine has ${formatByteSize(memory)} in all`]
      : []),
    ...(need.cpus > cores ? [`keeps ${need.cpus} cores busy, and the machine has ${cores}`] : []),
    ...(need.gpus > devices.length
      ? [`needs ${need.gpus} GPUs, and the machine shows ${devices.length}`]
      : []),
    ...(maxWorkers === 0 ? ['is more than WORKER_MAX_COUNT allows, which is 0'] : []),
  ];
}
