/** The process table of Linux, read from /proc. Each read of one process is a single system call's snapshot. */
import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ProcessEntry, ProcessTable } from './process-table.ts';

/** Processes read before other work gets its turn: about a millisecond on a machine with thousands of them. */
const READS_PER_TURN = 64;

/**
 * Parses `/proc/PID/stat`. The second field is the program's name in parentheses and may itself hold spaces,
 * parentheses and line ends, so fields are counted from the last `)`. Returns undefined for a zombie.
 *
 * State `Z` with more than one thread is no zombie: its main thread has ended and the others go on.
 */
export function parseStat(text: string): ProcessEntry | undefined {
  const nameEnd = text.lastIndexOf(')');
  if (nameEnd < 0) return undefined;
  const fields = text.slice(nameEnd + 2).split(' ');
  // Field numbers of proc_pid_stat(5) less 3: state, ppid, pgrp, …, num_threads (20), …, starttime (22).
  const [state, parent, group] = fields;
  const threads = Number(fields[17]);
  const startTime = fields[19];
  if (startTime === undefined || state === 'X' || (state === 'Z' && threads <= 1)) return undefined;
  const stopped = state === 'T' || state === 't';
  return { pid: Number.parseInt(text, 10), parent: Number(parent), group: Number(group), startTime, stopped };
}

function readEntry(pid: number): ProcessEntry | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}

let knownBootId: string | undefined;

export const linuxProcesses: ProcessTable = {
  async bootId() {
    knownBootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return knownBootId;
  },

  // Reads at once, without giving way to the event loop: a child that was just spawned cannot be reaped meanwhile.
  async startTime(pid) {
    try {
      return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.startTime;
    } catch (error) {
      // Out of file descriptors or memory: that is no sign of a process's end, on which a lease or a job would be given away.
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ESRCH') return undefined;
      throw error;
    }
  },

  async list() {
    const entries: ProcessEntry[] = [];
    let reads = 0;
    for (const name of readdirSync('/proc')) {
      const pid = Number(name);
      if (!Number.isInteger(pid)) continue;
      const entry = readEntry(pid);
      if (entry) entries.push(entry);
      if (++reads % READS_PER_TURN === 0) await nextTurn();
    }
    return entries;
  },

  async environments(pids) {
    const environments = new Map<number, string>();
    let reads = 0;
    for (const pid of pids) {
      try {
        environments.set(pid, readFileSync(`/proc/${pid}/environ`, 'utf8'));
      } catch {
        // Gone, or another user's: then it is none of ours.
      }
      if (++reads % READS_PER_TURN === 0) await nextTurn();
    }
    return environments;
  },
};
