/** `explain`: gathers what is recorded of a job or a worker, and lets the rules of `core` say what it means. */
import { ControlError, ControlErrorCode } from '../../control/control-error.ts';
import type { ControlRequests } from '../../control/api.ts';
import { closestName } from '../../core/closest-name.ts';
import { explainJob } from '../../core/explain-job.ts';
import { explainRemovedWorker, explainWorker, type WorkerPast } from '../../core/explain-worker.ts';
import type { Explanation } from '../../core/explanation.ts';
import type { JobId } from '../../core/job.ts';
import { routeAccepts } from '../../core/route.ts';
import type { JobDetail } from '../../core/job-records.ts';
import { crewFacts, poolFacts, workerFacts } from '../explain-facts.ts';
import { requireWorker } from '../select.ts';
import type { Worker } from '../worker.ts';
import type { OperationContext } from './context.ts';
import { archivesWith, unknownJob } from './queue-jobs.ts';

/** Of each kind; there may be thousands. */
const ASKED = 20;

export async function explain(
  about: ControlRequests['explain']['parameters'],
  context: OperationContext,
): Promise<Explanation> {
  if ('job' in about && 'worker' in about) throw nothingNamed('Both a job and a worker are named.');
  // Facts of the machine that take a program to find out.
  await context.admission.refresh();
  if ('job' in about) return explainJobOf(about.job, context);
  if ('worker' in about) return explainWorkerOf(about.worker, context);
  throw nothingNamed('Neither a job nor a worker is named.');
}

function nothingNamed(message: string): ControlError {
  return new ControlError(ControlErrorCode.badInput, message, {
    nextStep: 'Give the number of a job, or the name of a worker.',
  });
}

async function explainJobOf(id: JobId, context: OperationContext): Promise<Explanation> {
  const { store, roster, clock } = context;
  const [job, changes] = await Promise.all([
    store.query('job', { job: id }),
    store.query('jobChanges', { job: id, limit: ASKED }),
  ]);
  if (!job) return explainArchived(id, context);
  const isPending = job.state === 'pending';
  const last = job.attemptHistory.at(-1);
  const [before, refusals, peak] = await Promise.all([
    isPending ? jobsBefore(job, context) : undefined,
    isPending ? store.query('refusals', { pool: job.pool, limit: 3 }) : [],
    last
      ? store.query('memoryPeak', {
          pool: job.pool,
          task: job.task,
          worker: last.worker,
          launch: last.launch,
        })
      : null,
  ]);
  const holder = roster.assigned.get(id);
  return explainJob({
    crew: crewFacts(context),
    job: { ...job, ...heldBack(job, clock.now(), context) },
    pool: poolFacts(job.pool, context),
    changes,
    before,
    worker: holder && workerFacts(holder, context),
    peak: peak ?? undefined,
    refusals,
  });
}

/** A clock that was set back makes no delay longer: what the queue holds counts. */
function heldBack(
  { id, notBefore }: JobDetail,
  now: number,
  { queue }: OperationContext,
): Pick<JobDetail, 'notBefore'> {
  return notBefore !== undefined && notBefore > now && !queue.retries.has(id) ? { notBefore: now } : {};
}

/** Among those that the same workers may take. */
async function jobsBefore(
  { pool, route, priority, id }: JobDetail,
  { store, roster, clock }: OperationContext,
): Promise<{ count: number; highestPriority?: number }> {
  const routes = await store.query('routes', { pool });
  const able = roster.ofPool(pool).filter(({ labels }) => routeAccepts(route, labels));
  const competing = routes.filter(
    (other) => other === route || able.some(({ labels }) => routeAccepts(other, labels)),
  );
  return store.query('waiting', { pool, routes: competing, before: { priority, id }, now: clock.now() });
}

async function explainArchived(id: JobId, context: OperationContext): Promise<Explanation> {
  const files = await archivesWith(id, context);
  const [first] = files;
  if (!first) throw unknownJob(id);
  const { archivesFolder, clock } = context;
  const where = files.map(({ file }) => file);
  return {
    about: { job: id },
    at: clock.now(),
    state: 'archived',
    headline: `Job ${id} has ended and stands in ${where.length === 1 ? 'the archive' : 'one of the archives'} ${where.join(', ')}; the database has it no longer.`,
    facts: files.map(({ file, archivedAt, firstJob, lastJob }) => ({
      at: archivedAt,
      text: `Ended jobs between ${firstJob} and ${lastJob} were moved into ${file}`,
      source: 'archive',
    })),
    nextSteps: [
      {
        text: `Read its line, with all attempts, in ${archivesFolder}`,
        cli: `zgrep '"id":${id},' ${where.map((file) => `.nightcrew/archives/${file}`).join(' ')}`,
      },
    ],
  };
}

async function explainWorkerOf(id: string, context: OperationContext): Promise<Explanation> {
  const { store, roster } = context;
  const past: WorkerPast = {
    transitions: await store.query('workerHistory', { worker: id, limit: ASKED }),
    notes: await store.query('workerNotes', { worker: id, limit: ASKED }),
    refusals: await store.query('refusals', { worker: id, limit: 3 }),
    broken: await store.query('brokenAttempts', { worker: id, limit: ASKED }),
  };
  const worker = roster.get(id);
  if (!worker) return explainGone(id, past, context);
  return explainWorker({
    crew: crewFacts(context),
    worker: workerFacts(worker, context),
    pool: poolFacts(worker.pool, context) ?? {
      name: worker.pool,
      neverFits: [],
      autoRestart: [],
      workers: [],
      perMinute: 0,
      delayed: 0,
    },
    past,
    waitingForIt: await waitingFor(worker, context),
  });
}

async function waitingFor({ pool, labels }: Worker, { store, clock }: OperationContext): Promise<number> {
  const routes = await store.query('routes', { pool });
  const own = routes.filter((route) => routeAccepts(route, labels));
  return (await store.query('waiting', { pool, routes: own, now: clock.now() })).count;
}

function explainGone(id: string, past: WorkerPast, context: OperationContext): Explanation {
  const { pools, roster, clock } = context;
  const pool = id.replace(/-\d+$/, '');
  const removed = explainRemovedWorker(id, pools.settings(pool) && pool, clock.now(), past);
  if (removed) return removed;
  if (pools.settings(id)) {
    const workers = roster.ofPool(id).map((worker) => worker.id);
    throw new ControlError(ControlErrorCode.notFound, `${id} is a pool, not a worker.`, {
      place: id,
      nextStep:
        workers.length > 0 ? `Ask about one of its workers: ${workers.join(', ')}.` : 'It has no workers.',
    });
  }
  const closest = closestName(
    id,
    [...roster.all].map((worker) => worker.id),
  );
  if (closest === undefined) requireWorker(id, roster);
  throw new ControlError(ControlErrorCode.notFound, `There is no worker ${id}.`, {
    place: id,
    nextStep: `Did you mean ${closest}?`,
  });
}
