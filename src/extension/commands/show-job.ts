import { jobReportMarkdown } from '../reports/job-report.ts';
import type { CommandContext } from './command-context.ts';
import { findJob } from './find-job.ts';

/** One job with its parameters, result and attempts, as a document. */
export async function showJob(context: CommandContext, target?: unknown): Promise<void> {
  const client = context.link.client();
  const id = typeof target === 'number' ? target : (await findJob(client, 'Show Job'))?.id;
  if (id === undefined) return;
  const job = await client.request('job', { job: id });
  await context.reports.show(`Job ${job.id}`, jobReportMarkdown(job));
}
