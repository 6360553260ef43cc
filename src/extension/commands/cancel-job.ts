import * as vscode from 'vscode';
import type { BatchRow } from '../../control/api.ts';
import type { ControlClient } from '../../control/client-contract.ts';
import type { JobId, JobState } from '../../core/job.ts';
import { formatQuantity } from '../format/count.ts';
import { formatParameters } from '../format/parameters.ts';
import { crewOf } from '../link-state.ts';
import { Refusal } from '../refusal.ts';
import type { QueueElement } from '../queue-view/queue-view.ts';
import type { CommandContext } from './command-context.ts';
import { findJob } from './find-job.ts';
import { tellSuccess } from './tell-outcomes.ts';

/** Jobs named in one request. */
const PAGE = 10_000;

/** Cancels one job that a person finds, or what is left of the batch it is called on. Asked first: it is not undone. */
export async function cancelJob(context: CommandContext, target?: QueueElement): Promise<void> {
  const client = context.link.client();
  const batch = crewOf(context.link.state)?.batches.find(({ id }) => id === target?.node.batch);
  if (batch) {
    await cancelBatch(context, client, batch);
    return;
  }
  const job = await findJob(client, 'Cancel Job', ['running', 'pending']);
  if (!job) return;
  const detail =
    job.state === 'running'
      ? `It is running on ${job.worker ?? 'a worker'}; what it has computed is lost.`
      : 'It has not started yet.';
  const what = `job ${job.id} of ${job.batchName}, ${formatParameters(job.parameters, 60)}`;
  if (!(await confirm(`Cancel ${what}?`, detail))) return;
  await cancel(context, client, [job.id]);
}

async function cancelBatch(context: CommandContext, client: ControlClient, batch: BatchRow): Promise<void> {
  const { pending, running } = batch.counts;
  if (pending + running === 0)
    throw new Refusal(`All jobs of ${batch.name} have ended: nothing is left to cancel.`);
  const question = `Cancel what is left of ${batch.name}?`;
  const detail = `${formatQuantity(pending, 'waiting job')} and ${formatQuantity(running, 'running job')} are cancelled. What the running ones have computed is lost; finished jobs stay.`;
  if (!(await confirm(question, detail))) return;
  // Waiting ones first, so that none of them starts while the running ones end.
  let goOn = true;
  while (goOn) {
    const jobs = await jobsOf(client, batch, 'pending');
    goOn = jobs.length > 0 && (await cancel(context, client, jobs));
  }
  const stillRunning = await jobsOf(client, batch, 'running');
  if (stillRunning.length > 0) await cancel(context, client, stillRunning);
}

async function jobsOf(client: ControlClient, batch: BatchRow, state: JobState): Promise<JobId[]> {
  const { jobs } = await client.request('jobs', { batch: batch.id, states: [state], limit: PAGE });
  return jobs.map((job) => job.id);
}

async function confirm(question: string, detail: string): Promise<boolean> {
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Cancel Jobs');
  return answer !== undefined;
}

/** False when not one could be cancelled. */
async function cancel(context: CommandContext, client: ControlClient, jobs: JobId[]): Promise<boolean> {
  const { outcomes } = await client.request('cancel', { jobs });
  const refused = outcomes.filter((outcome) => !outcome.ok);
  for (const { job, message } of refused) context.log.warn(`Job ${job}: ${message}`);
  const cancelled = outcomes.length - refused.length;
  const [first] = refused;
  if (!first) tellSuccess(`${formatQuantity(cancelled, 'job')} cancelled`);
  else {
    const rest = refused.length > 1 ? ` and ${refused.length - 1} more` : '';
    void vscode.window.showWarningMessage(`Not cancelled: job ${first.job}${rest}. ${first.message}`);
  }
  return cancelled > 0;
}
