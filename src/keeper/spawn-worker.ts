/** Starting a worker's process, and saying in words why it did not start. */
import type { ChildProcess } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { execa } from 'execa';
import { KeeperError, type SpawnRequest } from './contract.ts';

/** A process that runs. Whoever gets it must listen to its streams before the event loop turns. */
export interface StartedProcess {
  pid: number;
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  child: ChildProcess;
}

/**
 * Starts the command with exactly this environment. Rejects with KeeperError: the system's code (`ENOENT`, `EACCES`,
 * `EAGAIN`, …), or `EINVAL` for a command that cannot be one.
 */
export async function spawnWorker(
  request: SpawnRequest,
  env: Record<string, string>,
): Promise<StartedProcess> {
  const [program, ...programArguments] = request.command;
  if (program === undefined) throw new KeeperError('EINVAL', 'the command is empty');
  let subprocess: ReturnType<typeof execute>;
  try {
    subprocess = execute(program, programArguments, request.cwd, env);
  } catch (error) {
    throw new KeeperError('EINVAL', error instanceof Error ? error.message : String(error));
  }
  const { pid, stdin, stdout, stderr, nodeChildProcess: child } = subprocess;
  if (pid === undefined) throw spawnError(program, request, await subprocess);
  return { pid, stdin, stdout, stderr, child };
}

/** The child leads a session and a group of its own: a terminal's signals do not reach it, ours reach the whole group. */
function execute(program: string, programArguments: string[], cwd: string, env: Record<string, string>) {
  return execa(program, programArguments, {
    cwd,
    env,
    extendEnv: false,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    encoding: 'buffer',
    buffer: false,
    detached: true,
    // What the keeper's own end means for its workers is decided in main.ts, not by an exit handler.
    cleanup: false,
    reject: false,
  });
}

function spawnError(
  program: string,
  request: SpawnRequest,
  failure: { code?: string; originalMessage?: string },
): KeeperError {
  const code = failure.code ?? 'UNKNOWN';
  return new KeeperError(
    code,
    `cannot start ${program}: ${reasonOf(code, program, request) ?? failure.originalMessage ?? code}`,
  );
}

/** Undefined for what the system's own words say as well. */
function reasonOf(code: string, program: string, { cwd, env }: SpawnRequest): string | undefined {
  if (code === 'EACCES') return 'it may not be executed';
  if (code !== 'ENOENT') return undefined;
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) return `the folder ${cwd} does not exist`;
  if (!program.includes('/'))
    return `there is no such program on PATH (${env['PATH'] ?? 'which is not set'})`;
  const file = path.resolve(cwd, program);
  return statSync(file, { throwIfNoEntry: false })
    ? 'the interpreter that its first line names does not exist'
    : `there is no ${file}`;
}
