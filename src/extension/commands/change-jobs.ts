/** The commands that do one thing to some jobs. They differ in the table at the end and in nothing else. */
import * as vscode from 'vscode';
import type { JobRow } from '../../core/job-records.ts';
import type { ControlClient } from '../../control/client-contract.ts';
import type { JobSelection, JobsChanged } from '../../control/selection.ts';
import type { JobState } from '../../core/job.ts';
import { formatParameters } from '../format/parameters.ts';
import { crewOf } from '../link-state.ts';
import { askItem } from '../questions/ask-item.ts';
import { askText } from '../questions/ask-text.ts';
import { Refusal } from '../refusal.ts';
import { choosePool } from './choose-pool.ts';
import type { CommandContext } from './command-context.ts';
import { findJob } from './find-job.ts';
import { countOf, jobsText, refusedText } from './jobs-change-text.ts';
import {
  allMeant,
  jobMeant,
  poolMeant,
  targetedJobs,
  type JobsMeant,
  type JobsTarget,
} from './jobs-target.ts';
import { tellSuccess } from './tell-outcomes.ts';
import { withProgress } from './with-progress.ts';

type Change = JobSelection & { dryRun?: boolean };
type JobsRequest = (client: ControlClient, change: Change) => Promise<JobsChanged>;

interface JobsCommandOf {
  /** Of questions: `Cancel`, with `Cancel Jobs` on its button. */
  verb: string;
  participle: string;
  /** What is meant when the command is called on nothing: a job that is found, in one of these states, or a pool. */
  of: JobState[] | 'pool';
  /** Whether it makes work begin, which needs a trusted workspace. */
  startsWork?: boolean;
  /** What else has to be known; undefined when the question was left. */
  prepare(meant: JobsMeant): Promise<JobsRequest | undefined> | JobsRequest;
  /** What to say before it is done to these; undefined: it is not asked about. */
  confirmation(changed: JobsChanged['changed'], meant: JobsMeant): string | undefined;
}

export type JobsCommand = (context: CommandContext, target?: JobsTarget) => Promise<void>;

function jobsCommand(command: JobsCommandOf): JobsCommand {
  const { verb, participle } = command;
  return async (context, target) => {
    if (command.startsWork) context.link.requireTrustedPlace();
    const client = context.link.client();
    const meant = await jobsMeant(context, client, command, target);
    const request = meant && (await command.prepare(meant));
    if (!request) return;
    const preview = await withProgress(() => request(client, { ...meant.select, dryRun: true }));
    const count = countOf(preview);
    if (count === 0) throw nothingToDo(preview, verb, meant);
    const detail = command.confirmation(preview.changed, meant);
    if (detail !== undefined) {
      const question = `${verb} ${jobsText(preview)} of ${meant.name}?`;
      const subject = 'jobs' in meant.select ? `${verb} ${meant.name}?` : question;
      const button = `${verb} ${count === 1 ? 'Job' : 'Jobs'}`;
      if ((await vscode.window.showWarningMessage(subject, { modal: true, detail }, button)) === undefined)
        return;
    }
    tell(context, await withProgress(() => request(client, meant.select)), participle);
  };
}

async function jobsMeant(
  context: CommandContext,
  client: ControlClient,
  { of, verb }: JobsCommandOf,
  target: JobsTarget,
): Promise<JobsMeant | undefined> {
  const crew = crewOf(context.link.state);
  if (!crew) return undefined;
  const targeted = targetedJobs(crew, target);
  if (targeted) return targeted;
  if (of !== 'pool') {
    const job = await findJob(client, `${verb} Job`, of);
    return job && { ...jobMeant(job.id), name: nameOf(job) };
  }
  if (crew.pools.length < 2) {
    const pool = await choosePool(crew, `${verb} Jobs`);
    return pool && poolMeant(pool.name);
  }
  const items = [allMeant(), ...crew.pools.map(({ name }) => poolMeant(name))].map((meant) => ({
    label: meant.name,
    meant,
  }));
  const picked = await askItem(items, { title: `${verb} Jobs`, placeHolder: 'Of which pool?' });
  return picked?.meant;
}

function nameOf({ id, batchName, parameters }: JobRow): string {
  return `job ${id} of ${batchName}, ${formatParameters(parameters, 60)}`;
}

function nothingToDo(preview: JobsChanged, verb: string, { name }: JobsMeant): Refusal {
  const [problem] = preview.problems;
  if (problem) return new Refusal(`Job ${problem.job} ${problem.message}.`);
  return new Refusal(
    `${name} has no job to ${verb.toLowerCase()}.`.replace(/^\w/, (letter) => letter.toUpperCase()),
  );
}

function tell(context: CommandContext, changed: JobsChanged, participle: string): void {
  for (const { job, message } of changed.problems) context.log.warn(`Job ${job} ${message}`);
  const refused = refusedText(changed, participle);
  if (refused) void vscode.window.showWarningMessage(refused);
  else tellSuccess(`${jobsText(changed)} ${participle}`);
}

/** Asked first, always: it is not undone. */
const cancel: Omit<JobsCommandOf, 'of'> = {
  verb: 'Cancel',
  participle: 'cancelled',
  prepare: () => (client, change) => client.request('cancel', change),
  confirmation: ({ running = 0 }) =>
    running === 0
      ? 'Nothing of this has begun. Finished jobs stay.'
      : 'What is running loses what it has computed. Finished jobs stay.',
};

/** One job that a person finds, or what is left of the batch it is called on. */
export const cancelJob = jobsCommand({ ...cancel, of: ['running', 'pending'] });

/** What is left of a pool. */
export const cancelJobs = jobsCommand({ ...cancel, of: 'pool' });

export const requeueFailedJobs = jobsCommand({
  verb: 'Requeue',
  participle: 'requeued',
  of: 'pool',
  startsWork: true,
  prepare: () => (client, change) => client.request('requeue', change),
  confirmation: () =>
    'Their failures are counted anew, and they go on from their checkpoints. Earlier attempts stay on record.',
});

/** One that has ended. Asked first where a result is given up. */
export const requeueJob = jobsCommand({
  verb: 'Requeue',
  participle: 'requeued',
  of: ['failed', 'cancelled', 'done'],
  startsWork: true,
  prepare: () => (client, change) => client.request('requeue', change),
  confirmation: ({ done = 0 }) => (done === 0 ? undefined : 'It begins anew, and its result is given up.'),
});

const PRIORITY = /^-?\d{1,6}$/;

export const setPriority = jobsCommand({
  verb: 'Set Priority of',
  participle: 'reprioritised',
  of: ['pending', 'running'],
  prepare: async ({ name }) => {
    const text = await askText({
      title: `Set Priority of ${name}`,
      prompt: 'Higher begins first; 0 is usual. A running job has it if it is tried again.',
      value: '',
      validate: (value) =>
        PRIORITY.test(value.trim()) ? undefined : 'Enter a whole number, such as 10 or -1.',
    });
    if (text === undefined) return undefined;
    const priority = Number(text.trim());
    return (client, change) => client.request('reprioritise', { ...change, priority });
  },
  confirmation: () => undefined,
});
