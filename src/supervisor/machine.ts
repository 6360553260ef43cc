/** What the machine has, as far as this process may use it: memory, physical cores, GPUs. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { MachineFacts } from '../core/admission.ts';
import type { Clock } from '../core/clock.ts';
import { controlGroupMemory } from './control-group.ts';
import { readDevices } from './gpu-devices.ts';
import { physicalCores } from './physical-cores.ts';

export interface MachineMemory {
  /** Bytes. */
  total: number;
  available: number;
}

/** Milliseconds that a program of the system may take to answer. */
const PATIENCE = 5_000;
/** GPUs are neither plugged in nor taken out often; asking for them takes up to seconds. Milliseconds. */
const DEVICES_HOLD = 60_000;

/** A control group's limit where there is one; what the system could give without swapping elsewhere. */
export function machineMemory(root = '/'): MachineMemory {
  if (process.platform !== 'linux') return { total: totalmem(), available: freemem() };
  const { limit, available } = controlGroupMemory(root);
  return { total: Math.min(limit, totalmem()), available: Math.min(available, systemAvailable(root)) };
}

export function machineCores(): number {
  return availableParallelism();
}

/** Free memory alone leaves out what caches would give back. */
function systemAvailable(root: string): number {
  try {
    const match = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync(join(root, 'proc/meminfo'), 'utf8'));
    return match ? Number(match[1]) * 1024 : freemem();
  } catch {
    return freemem();
  }
}

/** The facts that admission goes by. Some take a program to find out: those are of the last `refresh`. */
export class Machine {
  readonly #clock: Clock;
  readonly #environment: NodeJS.ProcessEnv;
  #cores = 1;
  #devices: string[] = [];
  #devicesReadAt = -Infinity;
  #mac: { available: number; underPressure: boolean } | undefined;

  constructor(clock: Clock, environment: NodeJS.ProcessEnv = process.env) {
    this.#clock = clock;
    this.#environment = environment;
  }

  /** `withDevices`: whether anybody asks for a GPU. */
  async refresh(withDevices: boolean): Promise<void> {
    this.#cores = await physicalCores();
    if (process.platform === 'darwin') this.#mac = await readMac().catch(() => undefined);
    const now = this.#clock.monotonic();
    if (!withDevices || now - this.#devicesReadAt < DEVICES_HOLD) return;
    this.#devices = await readDevices(this.#environment);
    this.#devicesReadAt = now;
  }

  facts(): MachineFacts {
    const memory = machineMemory();
    return {
      platform: process.platform,
      memory: { total: memory.total, available: this.#mac?.available ?? memory.available },
      underPressure: this.#mac?.underPressure ?? false,
      cores: this.#cores,
      devices: this.#devices,
    };
  }
}

/** Not tested. What is free counts, and what is cached and would be given back; 1 is the level of a machine at ease. */
async function readMac(): Promise<{ available: number; underPressure: boolean }> {
  const run = async (program: string, programArguments: string[]): Promise<string> =>
    (await promisify(execFile)(program, programArguments, { timeout: PATIENCE })).stdout;
  const pages = await run('/usr/bin/vm_stat', []);
  const pageSize = Number(/page size of (\d+) bytes/.exec(pages)?.[1] ?? 4096);
  const count = (name: string): number =>
    Number(new RegExp(`^Pages ${name}:\\s+(\\d+)`, 'm').exec(pages)?.[1] ?? 0);
  const free = ['free', 'inactive', 'speculative', 'purgeable'].reduce((sum, name) => sum + count(name), 0);
  const level = await run('/usr/sbin/sysctl', ['-n', 'kern.memorystatus_vm_pressure_level']);
  return { available: free * pageSize, underPressure: Number(level) > 1 };
}
