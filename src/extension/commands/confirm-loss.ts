/** The question before work is thrown away: what is lost, how much of it, and what becomes of the jobs. */
import * as vscode from 'vscode';
import type { WorkerView } from '../../control/crew-state.ts';
import { formatAge } from '../format/age.ts';
import { quantity } from '../../core/quantity.ts';
import { formatParameters } from '../format/parameters.ts';

/** Jobs named in the question. */
const JOBS_NAMED = 5;

export async function confirmLoss(verb: string, workers: readonly WorkerView[]): Promise<boolean> {
  const subject = workers.length === 1 ? workers[0]!.id : quantity(workers.length, 'worker');
  const answer = await vscode.window.showWarningMessage(
    `${verb} ${subject}?`,
    { modal: true, detail: lossDetail(workers, Date.now()) },
    verb,
  );
  return answer === verb;
}

function lossDetail(workers: readonly WorkerView[], now: number): string {
  const busy = workers.filter((worker) => worker.job);
  if (busy.length === 0) return 'No job is running there now.';
  const lines = busy.slice(0, JOBS_NAMED).map(({ id, job }) => {
    const elapsed = formatAge(job!.startedAt, now);
    return `${id}: job ${job!.id} (${formatParameters(job!.parameters, 50)}), running for ${elapsed}`;
  });
  if (busy.length > JOBS_NAMED) lines.push(`and ${busy.length - JOBS_NAMED} more`);
  const loss =
    busy.length === 1
      ? 'The work of this job since its last checkpoint is lost; the job goes back to the queue.'
      : 'The work of these jobs since their last checkpoints is lost; the jobs go back to the queue.';
  return `${loss}\n\n${lines.join('\n')}`;
}
