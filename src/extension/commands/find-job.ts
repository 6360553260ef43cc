/** A quick pick over the jobs of the queue, searched where they are: there may be a million. */
import * as vscode from 'vscode';
import type { JobRow } from '../../core/job-records.ts';
import type { ControlClient } from '../../control/client-contract.ts';
import type { JobState } from '../../core/job.ts';
import { formatCount } from '../format/count.ts';
import { formatParameters, truncate } from '../format/parameters.ts';
import { answerOf } from '../questions/answer-of.ts';

/** Rows in the list; whoever wants another one types some of it. */
const JOBS_LISTED = 100;

interface JobItem extends vscode.QuickPickItem {
  job: JobRow;
}

const ICONS: Record<JobState, string> = {
  pending: 'clockface',
  running: 'play',
  done: 'check',
  failed: 'error',
  cancelled: 'circle-slash',
};

/** `states`: only these, in this order; all, newest first, when left out. `pool`: only of this one. */
export async function findJob(
  client: ControlClient,
  title: string,
  states?: readonly JobState[],
  pool?: string,
): Promise<JobRow | undefined> {
  const pick = vscode.window.createQuickPick<JobItem>();
  pick.title = title;
  pick.placeholder = 'Search in parameters, results and errors';
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  const groups = states ? states.map((state) => ({ states: [state] })) : [{}];
  let asked = 0;
  const load = async (search: string): Promise<void> => {
    const question = ++asked;
    pick.busy = true;
    try {
      const pages = await Promise.all(
        groups.map((group) =>
          client.request('jobs', {
            ...group,
            ...(pool === undefined ? {} : { pool }),
            ...(search === '' ? {} : { search }),
            newestFirst: true,
            limit: JOBS_LISTED,
          }),
        ),
      );
      if (question !== asked) return;
      const jobs = pages.flatMap((page) => page.jobs);
      const total = pages.reduce((sum, page) => sum + page.total, 0);
      pick.items = jobs.map(jobItem);
      pick.title = total > jobs.length ? `${title} (${jobs.length} of ${formatCount(total)})` : title;
    } finally {
      if (question === asked) pick.busy = false;
    }
  };
  let failure: unknown;
  const find = (search: string): void => {
    load(search).catch((error: unknown) => {
      failure = error;
      pick.hide();
    });
  };
  pick.onDidChangeValue((value) => find(value.trim()));
  find('');
  const picked = await answerOf(pick, () => pick.selectedItems[0]);
  if (failure) throw failure;
  return picked?.job;
}

function jobItem(job: JobRow): JobItem {
  const reason = job.error ? ` · ${truncate(job.error.message, 60)}` : '';
  return {
    label: `$(${ICONS[job.state]}) ${job.batchName} #${job.id}`,
    description: `${job.state}${reason}`,
    detail: formatParameters(job.parameters, 120),
    // The supervisor found it, also by what is not shown here: a result, the end of an error.
    alwaysShow: true,
    job,
  };
}
