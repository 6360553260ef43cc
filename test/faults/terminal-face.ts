/** A face in a terminal: `nightcrew enqueue`, `up` or `status` as a process that may be killed in the middle of it. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { distribution } from '../supervisor/temporary-crew.ts';
import type { ChaosFolder } from './chaos-folder.ts';
import { ATTEMPTS, TIMEOUTS, type PlannedEnqueue, type PlannedVisit } from './chaos-plan.ts';
import type { Faces } from './faces.ts';

/** One command of a visit: a process is too dear to be started for each. Interventions are the windows' matter. */
export async function visitByTerminal(folder: ChaosFolder, visit: PlannedVisit, faces: Faces): Promise<void> {
  const enqueue = visit.actions.find((action) => action.do === 'enqueue');
  const ticket = faces.newTicket();
  const words = enqueue ? enqueueWords(enqueue, ticket) : ['up', '--no-wait'];
  // A process needs about as long to come to its request as a window's whole visit lasts.
  const killAfter = visit.vanishes === undefined ? undefined : 100 + visit.vanishes * 10;
  const output = await runCli(folder, words, killAfter);
  if (!enqueue || output.code !== 0) {
    if (output.code !== 0 && killAfter === undefined) faces.refused(`terminal: ${output.stderr}`);
    return;
  }
  faces.acknowledge(
    ticket,
    enqueue,
    JSON.parse(output.stdout) as { firstJob: number; count: number; batch: number },
  );
}

function enqueueWords({ pool, kind, seconds, count }: PlannedEnqueue, ticket: string): string[] {
  const attempts = ATTEMPTS[kind];
  const timeout = TIMEOUTS[kind];
  return [
    ...['enqueue', pool, '--json', '--param', `kind=${kind}`, `ticket=${ticket}`, `seconds=${seconds}`],
    ...(count > 1 ? ['--matrix', `n=1..${count}`] : []),
    ...(attempts ? ['--attempts', String(attempts)] : []),
    ...(timeout ? ['--timeout', String(timeout)] : []),
  ];
}

function runCli(
  { workspace, environment }: ChaosFolder,
  words: string[],
  killAfter: number | undefined,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(distribution, 'cli.js'), ...words], {
    cwd: workspace,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
}
