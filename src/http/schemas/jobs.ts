/** Jobs, attempts and batches, as the control API tells of them. */
import type { AttemptRow, JobCounts, JobDetail, JobRow } from '../../core/job-records.ts';
import type { BatchView, RecentJob } from '../../control/crew-state.ts';
import type { EnqueueResult } from '../../control/enqueue-request.ts';
import type { JobError } from '../../core/job.ts';
import { ATTEMPT_OUTCOMES, JOB_STATES } from './names.ts';
import {
  amount,
  anything,
  component,
  describes,
  listOf,
  mapOf,
  oneOf,
  optional,
  text,
  time,
  whole,
  type Described,
} from './schema.ts';

const parameters = mapOf(anything(), 'What the job was enqueued with.');

export const jobError = component(
  'JobError',
  describes<JobError>({
    message: text(),
    type: optional(text("The exception's class, or the kind of failure.")),
    traceback: optional(text()),
  }),
);

export const jobCounts = component(
  'JobCounts',
  describes<JobCounts>({
    pending: whole(),
    running: whole(),
    done: whole(),
    failed: whole(),
    cancelled: whole(),
  }),
);

const jobMembers = {
  id: whole('Counts up from 1; never reused.'),
  batch: whole(),
  batchName: text(),
  pool: text(),
  route: text('Which workers of the pool may take it; empty: any.'),
  task: text(),
  priority: amount('Higher first.'),
  state: oneOf(JOB_STATES),
  attempts: whole('Attempts made so far, of any outcome.'),
  failures: whole('Attempts that counted against `maxAttempts`.'),
  maxAttempts: whole(),
  parameters,
  worker: optional(text('The worker that has it or had it last.')),
  enqueuedAt: time(),
  notBefore: optional(time('A failed attempt is followed by the next one not before this time.')),
  startedAt: optional(time()),
  finishedAt: optional(time()),
  result: optional(anything('What the worker returned.')),
  error: optional(jobError),
};

export const job = component('Job', describes<JobRow>(jobMembers));

const attempt = component(
  'Attempt',
  describes<AttemptRow>({
    attempt: whole('From 1.'),
    worker: text(),
    launch: whole(),
    startedAt: time(),
    finishedAt: time(),
    outcome: oneOf(ATTEMPT_OUTCOMES),
    error: optional(jobError),
    logTail: optional(text("The last 1,000 characters of the worker's log.")),
  }),
);

export const jobDetail = component(
  'JobDetail',
  describes<JobDetail>({
    ...jobMembers,
    timeout: amount('Seconds one attempt may take.'),
    checkpoint: optional(anything('What the last attempt saved.')),
    attemptHistory: listOf(attempt, 'Attempts that have ended.'),
  }),
);

export interface JobPage {
  total: number;
  jobs: JobRow[];
  archived?: number;
}

export const jobPage: Described<JobPage> = component(
  'JobPage',
  describes<JobPage>({
    total: whole('All that fit the filter, not only this page.'),
    jobs: listOf(job),
    archived: optional(whole('Ended jobs that are in files of the archives folder instead, if any are.')),
  }),
);

export const recentJob = component(
  'RecentJob',
  describes<RecentJob>({
    id: whole(),
    attempt: whole(),
    pool: text(),
    task: text(),
    batchName: text(),
    worker: text(),
    outcome: text(),
    state: oneOf(JOB_STATES),
    parameters,
    finishedAt: time(),
    duration: amount('Seconds.'),
    error: optional(jobError),
  }),
);

export const batch = component(
  'Batch',
  describes<BatchView>({
    id: whole(),
    name: text(),
    pool: text(),
    task: text(),
    enqueuedAt: time(),
    count: whole(),
    counts: jobCounts,
    definition: optional(text("Hash of the crew file's definition it came from.")),
    archived: optional(text('The archive that has its jobs; the counts are those of then.')),
    finishedAt: optional(time('When its last job ended, if all have.')),
    perMinute: optional(amount('Jobs of it that end a minute, while some run.')),
    etaSeconds: optional(amount('Until all of it has ended, at that rate.')),
    etaFrom: optional(whole('How many ended jobs that is concluded from.')),
  }),
);

export const enqueueResult = component(
  'EnqueueResult',
  describes<EnqueueResult>({
    batch: whole(),
    name: text(),
    pool: text(),
    count: whole(),
    firstJob: whole('Its jobs have the numbers from this one on.'),
  }),
);
