/** Physical cores that this process may use: two hyperthreads of one core do not compute twice as much. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemProgram } from '../keeper/windows-processes.ts';

/** Milliseconds; PowerShell may take seconds to start. */
const PATIENCE = 15_000;

let known: Promise<number> | undefined;

/** Found out once. Never more than the threads this process may use at once, which a quota may limit. */
export function physicalCores(): Promise<number> {
  known ??= countCores().then((count) => Math.max(1, Math.min(count, availableParallelism())));
  return known;
}

async function countCores(): Promise<number> {
  const count =
    process.platform === 'linux'
      ? linuxCores()
      : process.platform === 'darwin'
        ? await ask('/usr/sbin/sysctl', ['-n', 'hw.physicalcpu'])
        : process.platform === 'win32'
          ? await ask(systemProgram('WindowsPowerShell\\v1.0\\powershell.exe'), [
              '-NoProfile',
              '-NonInteractive',
              '-Command',
              '(Get-CimInstance Win32_Processor | Measure-Object NumberOfCores -Sum).Sum',
            ])
          : undefined;
  return count ?? availableParallelism();
}

/** By the topology of the processors that this process may run on. `root` stands for `/` in a test. */
export function linuxCores(root = '/'): number | undefined {
  try {
    const status = readFileSync(join(root, 'proc/self/status'), 'utf8');
    const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1];
    if (list === undefined) return undefined;
    const cores = processors(list).map((number) => {
      const topology = join(root, `sys/devices/system/cpu/cpu${number}/topology`);
      const of = (name: string): string => readFileSync(join(topology, name), 'utf8').trim();
      return `${of('physical_package_id')} ${of('core_id')}`;
    });
    return cores.length > 0 ? new Set(cores).size : undefined;
  } catch {
    return undefined;
  }
}

/** `0-3,8,10-11` */
function processors(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** Not tested. */
async function ask(program: string, programArguments: string[]): Promise<number | undefined> {
  try {
    const options = { timeout: PATIENCE, windowsHide: true };
    const { stdout } = await promisify(execFile)(program, programArguments, options);
    const count = Number(stdout.trim());
    return Number.isSafeInteger(count) && count > 0 ? count : undefined;
  } catch {
    return undefined;
  }
}
