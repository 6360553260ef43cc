/** A supervisor's process as a face or the keeper starts it, without a face that waits for the right one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { StartReport } from '../../src/control/start-supervisor.ts';
import { distribution, type TemporaryCrew } from './temporary-crew.ts';

/** Resolves with what it reported. One that has not started has ended by then. */
export async function startProcess(crew: TemporaryCrew): Promise<StartReport & { pid: number }> {
  const entry = join(distribution, 'supervisor.js');
  const child = spawn(process.execPath, [entry, '--workspace', crew.workspace], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
    env: crew.environment,
  });
  const exited = once(child, 'exit');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const report = JSON.parse(line) as StartReport;
  if (!report.started) await exited;
  child.stdout.destroy();
  child.unref();
  return { ...report, pid: child.pid! };
}
