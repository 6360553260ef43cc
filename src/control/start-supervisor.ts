/** Starts a supervisor that outlives its starter. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { ControlError, ControlErrorCode, type ControlErrorData } from './control-error.ts';
import { withoutLaunch } from '../keeper/launch-marker.ts';
import { diskNextStep } from '../store/disk-error.ts';
import type { ConnectOptions } from './client-contract.ts';
import type { Lease } from './lease.ts';
import type { TurnHolder } from './workspace-turn.ts';

/** The one line a supervisor prints to whoever started it. `held`: another one is the supervisor already. */
export type StartReport =
  | { started: true }
  | { started: false; held: true; holder: TurnHolder }
  | { started: false; held?: false; code: number; message: string; data: ControlErrorData };

/**
 * Starts one, to take over from `predecessor` if one is named. Resolves when it answers, or with who has the turn instead.
 * Rejects with what it said of its failure.
 */
export async function startSupervisor(
  options: ConnectOptions,
  predecessor?: Lease,
): Promise<TurnHolder | undefined> {
  const logFolder = join(options.workspace, '.nightcrew', 'logs');
  const log = openLog(logFolder);
  const executable = options.executable ?? process.execPath;
  const environment = withoutLaunch(options.environment ?? process.env);
  const child = spawn(
    executable,
    [
      join(options.distribution, 'supervisor.js'),
      ...['--workspace', options.workspace],
      ...(predecessor ? ['--succeed', predecessor.serverId] : []),
      ...(options.takeOver ? ['--take-over'] : []),
      ...(options.withoutWorkers ? ['--without-workers'] : []),
    ],
    {
      cwd: options.workspace,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', 'pipe', log],
      // On the desktop the extension host's executable is Electron; this makes it a plain Node.
      env: process.versions['electron'] ? { ...environment, ELECTRON_RUN_AS_NODE: '1' } : environment,
    },
  );
  closeSync(log);
  const stdout = child.stdout;
  try {
    const report = await new Promise<StartReport>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(endedEarly(logFolder, code, signal)));
      // One that could not be started, for want of file descriptors or of processes, has no streams.
      if (!stdout) return;
      createInterface({ input: stdout }).once('line', (line) => resolve(JSON.parse(line) as StartReport));
    });
    if (report.started) return undefined;
    if (report.held) return report.holder;
    throw new ControlError(report.code, report.message, report.data);
  } finally {
    stdout?.destroy();
    child.removeAllListeners();
    child.unref();
  }
}

function openLog(folder: string): number {
  try {
    // Not `recursive`: on a file system that answers ENOENT to every mkdir, such as /proc, that never ends.
    for (const part of [dirname(folder), folder]) if (!existsSync(part)) mkdirSync(part);
    return openSync(join(folder, 'supervisor.log'), 'a', 0o600);
  } catch (error) {
    throw new ControlError(
      ControlErrorCode.storage,
      `Cannot write into ${folder}: ${(error as Error).message}.`,
      {
        place: folder,
        nextStep:
          diskNextStep(error) ??
          'Nightcrew keeps its queue in the workspace: make the folder writable, or open a copy that is.',
      },
    );
  }
}

function endedEarly(logFolder: string, code: number | null, signal: string | null): ControlError {
  return new ControlError(
    ControlErrorCode.internal,
    `The supervisor ended before it was ready (${signal ?? `exit code ${code}`}).`,
    { nextStep: `Look at ${join(logFolder, 'supervisor.log')}.` },
  );
}
