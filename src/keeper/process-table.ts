/**
 * What the operating system says of its processes, the same on every platform. Each platform's reader is one file
 * (`linux-processes.ts`, `darwin-processes.ts`, `windows-processes.ts`); only the first is tested.
 */
import { darwinProcesses } from './darwin-processes.ts';
import { linuxProcesses } from './linux-processes.ts';
import { windowsProcesses } from './windows-processes.ts';

/** One row of the table. Zombies are not in it: they run nothing and cannot be signalled to any effect. */
export interface ProcessEntry {
  pid: number;
  parent: number;
  /** Process group; 0 where the platform has none. */
  group: number;
  /** As in `ProcessIdentity`: compared as text, and only with one read on the same machine. */
  startTime: string;
  /** Stopped by a signal; never so where the platform has none. */
  stopped: boolean;
}

export interface ProcessTable {
  /** Changes with every boot. */
  bootId(): Promise<string>;
  /** Start time of a live process, undefined when there is none of that number (a zombie counts as none). */
  startTime(pid: number): Promise<string | undefined>;
  /** Every live process that can be seen. */
  list(): Promise<ProcessEntry[]>;
  /**
   * The environment a process was started with, for those of `pids` that may be read; used to find marked
   * processes only. Empty where the platform does not show it.
   */
  environments(pids: readonly number[]): Promise<Map<number, string>>;
}

function tableOfPlatform(): ProcessTable {
  switch (process.platform) {
    case 'win32':
      return windowsProcesses;
    case 'darwin':
      return darwinProcesses;
    default:
      return linuxProcesses;
  }
}

export const processTable: ProcessTable = tableOfPlatform();
