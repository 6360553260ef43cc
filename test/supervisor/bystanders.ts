/** Processes beside a crew that look like its own, or like what it left over. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { ProcessIdentity } from '../../src/core/worker.ts';
import { LAUNCH_MARKER_VARIABLE } from '../../src/keeper/contract.ts';
import { identifyProcess, isAlive } from '../../src/keeper/process-identity.ts';

export class Bystanders {
  readonly #children: ChildProcess[] = [];
  readonly #identities = new Map<string, ProcessIdentity>();

  /** The same program with the same arguments in the same folder, with this environment; leads a group. */
  async start(
    name: string,
    command: readonly string[],
    { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
  ): Promise<ProcessIdentity> {
    const [program, ...given] = command;
    const child = spawn(program!, given, {
      cwd,
      env,
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#children.push(child);
    await once(child, 'spawn');
    const identity = await identifyProcess(child.pid!);
    if (!identity) throw new Error(`${name} ended at once.`);
    this.#identities.set(name, identity);
    return identity;
  }

  /** Names of those that do not live any more. */
  async ended(): Promise<string[]> {
    const names: string[] = [];
    for (const [name, identity] of this.#identities) if (!(await isAlive(identity))) names.push(name);
    return names;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
  }
}

/** What a process was started with. Linux only. */
export function commandOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
}

/** The environment a process was started with, with another marker or with none. Linux only. */
export function environmentOf(pid: number, marker?: string): NodeJS.ProcessEnv {
  const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
  const env: NodeJS.ProcessEnv = Object.fromEntries(
    variables.map((variable) => {
      const end = variable.indexOf('=');
      return [variable.slice(0, end), variable.slice(end + 1)];
    }),
  );
  if (marker === undefined) delete env[LAUNCH_MARKER_VARIABLE];
  else env[LAUNCH_MARKER_VARIABLE] = marker;
  return env;
}

/** PIDs of the processes that run this command in this folder. Linux only. */
export function processesIn(folder: string, command: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === folder && commandOf(pid).join(' ') === command;
      } catch {
        // No process, one that has just ended, or somebody else's.
        return false;
      }
    });
}
