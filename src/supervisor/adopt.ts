/**
 * What a supervisor does with the workers it finds: those that the keeper holds are its own again, with the jobs they
 * had; the others are gone, and their jobs go back to the queue.
 */
import type { Clock } from '../core/clock.ts';
import type { KeeperClient, KeptProcess } from '../keeper/contract.ts';
import { ageOfFrame } from '../keeper/delivery-times.ts';
import { endTree } from '../keeper/process-tree.ts';
import type { RestoredState, RestoredWorker } from '../store/contract.ts';
import { runMessage, type Dispatcher } from './dispatcher.ts';
import type { Endings } from './endings.ts';
import { launchMarker } from './launcher.ts';
import type { Log } from './log.ts';
import type { PoolRegister } from './pool-register.ts';
import type { Roster } from './roster.ts';
import { Worker, type Assignment } from './worker.ts';

/** Puts the registry and the assignments back as they were recorded. */
export function restoreWorkers(restored: RestoredState, roster: Roster): void {
  for (const row of restored.workers) roster.restore(restoredWorker(row));
  const claims = [...restored.running].sort((left, right) => left.frame - right.frame);
  for (const { worker: id, launch: _launch, attempt, frame, claimedAt, ...job } of claims) {
    const worker = roster.get(id);
    if (!worker) continue;
    const assignment: Assignment = { job, attempt, frame };
    if (worker.assignments.length === 0) assignment.startedAt = claimedAt;
    worker.assignments.push(assignment);
    roster.assigned.set(job.id, worker);
  }
}

interface Parts {
  roster: Roster;
  pools: PoolRegister;
  dispatcher: Dispatcher;
  endings: Endings;
  clock: Clock;
  log: Log;
  workspace: string;
  /** Whether workers that were lost are started again. */
  wanted: boolean;
}

/**
 * Compares what is recorded with what the keeper holds; resolves when the lost ones are known to be gone. Messages that
 * were kept arrive after the first turn of this.
 */
export async function adoptWorkers(
  keeper: KeeperClient,
  parts: Parts,
): Promise<{ adopted: number; lost: number }> {
  const { roster, log } = parts;
  const kept = new Map(keeper.kept.map((process) => [process.worker, process]));
  const lost: Worker[] = [];
  let adopted = 0;
  for (const worker of roster.live) {
    const held = kept.get(worker.id);
    if (held?.launch === worker.launch) {
      kept.delete(worker.id);
      adoptWorker(worker, held, parts);
      adopted++;
    } else {
      lost.push(worker);
    }
  }
  for (const stranger of kept.values()) {
    log.warn(
      `The keeper holds ${stranger.worker} (launch ${stranger.launch}), which is not recorded as living; ending it.`,
    );
    keeper
      .killTree(stranger.handle)
      .then(() => keeper.forget(stranger.handle))
      .catch((error: unknown) => log.error(`${stranger.worker} could not be ended.`, error));
  }
  await Promise.all(lost.map((worker) => loseWorker(worker, parts)));
  return { adopted, lost: lost.length };
}

/**
 * A worker whose keeper is gone: nobody can hear it any more. What is left of its tree is ended first; only then do its
 * jobs go back to the queue.
 */
async function loseWorker(worker: Worker, { endings, clock, wanted, workspace, log }: Parts): Promise<void> {
  if (worker.process) {
    const marker = launchMarker(workspace, worker.id, worker.launch);
    const left = await endTree({ worker: worker.id, leader: worker.process, marker }, clock);
    if (left.length > 0)
      log.error(`${worker.id}: processes ${left.map(({ pid }) => pid).join(', ')} could not be ended.`);
  }
  worker.ending ??= {
    to: 'FAILED',
    reason: 'it was lost together with its keeper',
    outcome: 'crashed',
    relaunch: wanted,
    forced: false,
  };
  endings.exited(worker, { code: null, signal: null, at: clock.now(), logTail: '' });
}

function adoptWorker(
  worker: Worker,
  held: KeptProcess,
  { roster, pools, dispatcher, endings, clock }: Parts,
): void {
  roster.hold(worker, held.handle);
  worker.process = held.identity;
  worker.lastFrame = held.deliveredFrame;
  worker.heartbeatMonotonic = clock.monotonic();
  worker.heartbeatAt = clock.now();
  if (worker.state === 'STARTING') {
    worker.startupDeadline = clock.monotonic() + (pools.settings(worker.pool)?.startup ?? 30) * 1000;
  }
  for (const assignment of worker.assignments) {
    // Only what the keeper has measured counts against its limit: the wall clock may have been set since the claim, and
    // the machine may have slept. Being late with an end is the lesser evil.
    const age = ageOfFrame(held.frameAges ?? [], assignment.frame);
    if (assignment === worker.current) assignment.startedMonotonic = clock.monotonic() - age;
    if (assignment.frame <= held.deliveredFrame) continue;
    // The claim was recorded, but the supervisor died before the worker was told.
    const deadline = clock.now() + assignment.job.timeout * 1000;
    assignment.frame = dispatcher.send(worker, runMessage(assignment.job, assignment.attempt, deadline));
  }
  if (worker.state === 'DRAINING') endings.drain(worker, worker.reason);
  else dispatcher.feed(worker);
}

function restoredWorker(row: RestoredWorker): Worker {
  const worker = new Worker(row.id, row.pool, row.labels);
  worker.state = row.state;
  worker.reason = row.reason;
  worker.stateSince = row.stateSince;
  worker.paused = row.paused;
  worker.launch = row.launch;
  worker.launchedAt = row.launchedAt;
  worker.process = row.process;
  worker.profile = row.profile;
  worker.jobsDone = row.jobsDone;
  worker.jobsFailed = row.jobsFailed;
  worker.lastError = row.lastError;
  return worker;
}
