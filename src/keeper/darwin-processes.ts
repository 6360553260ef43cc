/**
 * The process table of macOS, from `ps` and `sysctl`. Not tested: nobody has run it on a Mac yet.
 * `lstart` has a resolution of one second, so a PID reused within the second of its first start is not told apart.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ProcessEntry, ProcessTable } from './process-table.ts';

const execute = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** `ps` exits with 1 when none of the processes asked for exists: that is an answer, not a failure. */
async function ps(commandArguments: string[]): Promise<string> {
  try {
    const { stdout } = await execute('/bin/ps', commandArguments, {
      // The same text for the same moment, whatever the user's language and time zone.
      env: { LC_ALL: 'C', TZ: 'UTC' },
      maxBuffer: MAX_OUTPUT_BYTES,
    });
    return stdout;
  } catch (error) {
    if ((error as { code?: unknown }).code === 1) return '';
    throw error;
  }
}

/** A line of `ps -o pid=,ppid=,pgid=,state=,lstart=`; undefined for a zombie. */
export function parsePsLine(line: string): ProcessEntry | undefined {
  const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S.*?)\s*$/.exec(line);
  if (!match || match[4]!.startsWith('Z')) return undefined;
  return {
    pid: Number(match[1]),
    parent: Number(match[2]),
    group: Number(match[3]),
    startTime: match[5]!.replaceAll(/\s+/g, ' '),
    stopped: match[4]!.startsWith('T'),
  };
}

const COLUMNS = 'pid=,ppid=,pgid=,state=,lstart=';
let knownBootId: string | undefined;

export const darwinProcesses: ProcessTable = {
  async bootId() {
    knownBootId ??= (await execute('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid'])).stdout.trim();
    return knownBootId;
  },

  async startTime(pid) {
    return parsePsLine(await ps(['-o', COLUMNS, '-p', String(pid)]))?.startTime;
  },

  async list() {
    const lines = (await ps(['-A', '-o', COLUMNS])).split('\n');
    return lines.map(parsePsLine).filter((entry) => entry !== undefined);
  },

  async environments(pids) {
    // `-E` shows the environment after the command, for processes of the same user only.
    const wanted = new Set(pids);
    const environments = new Map<number, string>();
    for (const line of (await ps(['-A', '-Eww', '-o', 'pid=,command='])).split('\n')) {
      const match = /^\s*(\d+)\s+(.*)$/.exec(line);
      // NUL-separated as on Linux, so that one search serves both.
      if (match && wanted.has(Number(match[1]))) {
        environments.set(Number(match[1]), match[2]!.replaceAll(' ', '\0'));
      }
    }
    return environments;
  },
};
