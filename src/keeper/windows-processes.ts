/**
 * The process table of Windows, from CIM by way of PowerShell, which costs about half a second a question. Not tested:
 * nobody has run it on Windows yet. A process's environment cannot be read there; trees are found by their parents.
 */
import { execFile } from 'node:child_process';
import path from 'node:path/win32';
import { promisify } from 'node:util';
import type { ProcessEntry, ProcessTable } from './process-table.ts';

const execute = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** A program of System32 by its full path, so that nothing of the same name on PATH is run instead. */
export function systemProgram(...segments: string[]): string {
  const root = process.env['SystemRoot'] ?? process.env['windir'] ?? 'C:\\Windows';
  return path.join(root, 'System32', ...segments);
}

async function powershell(script: string): Promise<string> {
  const program = systemProgram('WindowsPowerShell', 'v1.0', 'powershell.exe');
  const { stdout } = await execute(program, ['-NoProfile', '-NonInteractive', '-Command', script], {
    maxBuffer: MAX_OUTPUT_BYTES,
    windowsHide: true,
  });
  return stdout.trim();
}

/** `pid,parent,creation` as printed by the query below; processes without a creation time are the system's own. */
export function parseCimLine(line: string): ProcessEntry | undefined {
  const match = /^(\d+),(\d+),(\d+)\s*$/.exec(line);
  if (!match) return undefined;
  return { pid: Number(match[1]), parent: Number(match[2]), group: 0, startTime: match[3]!, stopped: false };
}

const query = (filter: string) =>
  `Get-CimInstance Win32_Process ${filter} | Where-Object CreationDate | ForEach-Object ` +
  `{ "$($_.ProcessId),$($_.ParentProcessId),$($_.CreationDate.ToFileTimeUtc())" }`;

let knownBootId: string | undefined;

export const windowsProcesses: ProcessTable = {
  async bootId() {
    knownBootId ??= await powershell(
      '(Get-CimInstance Win32_OperatingSystem).LastBootUpTime.ToFileTimeUtc()',
    );
    return knownBootId;
  },

  async startTime(pid) {
    return parseCimLine(await powershell(query(`-Filter "ProcessId=${pid}"`)))?.startTime;
  },

  async list() {
    const lines = (await powershell(query(''))).split(/\r?\n/);
    return lines.map(parseCimLine).filter((entry) => entry !== undefined);
  },

  async environments() {
    return new Map();
  },
};
