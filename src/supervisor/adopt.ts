/**
 * What a supervisor does with the workers it finds: those that the keeper holds are its own again, with the jobs they
 * had and with what had been decided about them; the others are gone, and their jobs go back to the queue.
 */
import type { Clock } from '../core/clock.ts';
import { jobSize } from '../core/job-size.ts';
import type { KeeperClient, KeptProcess } from '../keeper/contract.ts';
import { ageOfFrame } from '../keeper/delivery-times.ts';
import { launchMarker } from '../keeper/launch-marker.ts';
import { endLeftOvers } from '../keeper/left-overs.ts';
import { beginProgress } from '../core/progress-stall.ts';
import type { TreeRoot } from '../keeper/process-tree.ts';
import type { Store } from '../store/contract.ts';
import type { RestoredState, RestoredWorker } from '../store/restored-state.ts';
import type { Attempts } from './attempts.ts';
import { isOtherWorkspace } from './copied-folder.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Endings } from './endings.ts';
import type { Freezer } from './freezer.ts';
import type { HealthJudge } from './health-judge.ts';
import type { Launcher } from './launcher.ts';
import type { Log } from './log.ts';
import type { PoolRegister } from './pool-register.ts';
import type { Roster } from './roster.ts';
import { Worker, type Assignment } from './worker.ts';

/** What became of the workers that were recorded as living. */
export interface Adoption {
  adopted: number;
  lost: number;
  /** Jobs of the lost ones that went back to the queue. */
  requeued: number;
}

/** Puts the registry and the assignments back as they were recorded. */
export function restoreWorkers(restored: RestoredState, roster: Roster, clock: Clock): void {
  for (const row of restored.workers) roster.restore(restoredWorker(row, clock));
  const claims = [...restored.running].sort((left, right) => left.frame - right.frame);
  for (const { worker: id, launch: _launch, attempt, frame, claimedAt, interrupted, ...job } of claims) {
    const worker = roster.get(id);
    if (!worker) continue;
    const assignment: Assignment = { job, attempt, frame, size: jobSize(job) };
    if (worker.assignments.length === 0) assignment.startedAt = claimedAt;
    if (interrupted) {
      // A grace goes on to be counted, by the only clock that both knew.
      const { outcome, since } = interrupted;
      const passed = Math.max(0, clock.now() - since);
      assignment.interrupted = { outcome, since: clock.monotonic() - passed };
    }
    worker.assignments.push(assignment);
    roster.assigned.set(job.id, worker);
  }
}

export interface AdoptionParts {
  store: Store;
  roster: Roster;
  pools: PoolRegister;
  attempts: Attempts;
  dispatcher: Dispatcher;
  endings: Endings;
  freezer: Freezer;
  launcher: Launcher;
  judge: HealthJudge;
  clock: Clock;
  log: Log;
  workspace: string;
  /** Whether workers that were lost are started again. */
  wanted: () => boolean;
}

/**
 * Compares what is recorded with what the keeper holds; resolves when the lost ones are known to be gone. Messages that
 * were kept arrive after the first turn of this. No worker is started before it has ended, so nothing that is found by
 * its marker can be a new one.
 */
export async function adoptWorkers(keeper: KeeperClient, parts: AdoptionParts): Promise<Adoption> {
  const { roster, launcher, endings } = parts;
  const lost: Worker[] = [];
  const unstarted: Worker[] = [];
  let adopted = 0;
  let doubtful = 0;
  for (const worker of roster.live) {
    const held = keeper.kept.find((kept) => kept.worker === worker.id && kept.launch === worker.launch);
    if (held) {
      adoptWorker(worker, held, parts);
      if (worker.ending?.outcome === 'lost') doubtful++;
      else if (!held.exit) adopted++;
    } else if (launcher.isUnderWay(worker)) continue;
    else if (!worker.process && !worker.ending && parts.wanted()) unstarted.push(worker);
    else lost.push(worker);
  }
  endStrangers(keeper, parts);
  await sweep(lost, keeper, parts);
  let requeued = 0;
  for (const worker of lost) {
    requeued += endings.lost(worker, 'its keeper had ended', parts.wanted());
  }
  for (const worker of unstarted) launcher.resume(worker);
  return { adopted, lost: lost.length + doubtful, requeued };
}

/** Ends every process of the workspace's workers that the keeper does not hold. */
export async function sweep(
  lost: readonly Worker[],
  keeper: KeeperClient | undefined,
  { workspace, clock, log }: Pick<AdoptionParts, 'workspace' | 'clock' | 'log'>,
): Promise<void> {
  const held = new Set(
    (keeper?.kept ?? []).map(({ worker, launch }) => launchMarker(workspace, worker, launch)),
  );
  const { launches, left } = await endLeftOvers({
    workspace,
    known: treesOf(lost, workspace),
    held,
    clock,
    isOthers: (theirs) => isOtherWorkspace(theirs, workspace),
  });
  if (launches > 0) log.warn(`Ended what was left of ${launches} launches of workers.`);
  if (left.length > 0) {
    log.error(`Processes ${left.map(({ pid }) => pid).join(', ')} of lost workers could not be ended.`);
  }
}

export function treesOf(workers: readonly Worker[], workspace: string): TreeRoot[] {
  return workers.flatMap(({ id, launch, process: leader }) =>
    leader ? [{ worker: id, leader, marker: launchMarker(workspace, id, launch) }] : [],
  );
}

/** Processes that the keeper holds for nobody: ended launches it was not told to forget, and launches nobody knows of. */
function endStrangers(keeper: KeeperClient, { roster, log }: AdoptionParts): void {
  for (const { handle, worker, launch, exit } of keeper.kept) {
    if (roster.byHandle(handle)) continue;
    if (!exit)
      log.warn(`The keeper holds ${worker} (launch ${launch}), which is not recorded as living; ending it.`);
    keeper
      .killTree(handle)
      .then(() => keeper.forget(handle))
      .catch((error: unknown) => log.error(`${worker} could not be ended.`, error));
  }
}

function adoptWorker(worker: Worker, held: KeptProcess, parts: AdoptionParts): void {
  const { store, roster, pools, attempts, dispatcher, endings, freezer, judge, clock } = parts;
  roster.hold(worker, held.handle);
  if (!worker.process) {
    // Its supervisor died between its start and the record of it.
    const { launch } = worker;
    store.append({ type: 'worker.spawned', worker: worker.id, launch, process: held.identity });
  }
  worker.process = held.identity;
  worker.lastFrame = held.deliveredFrame;
  worker.heartbeatMonotonic = clock.monotonic();
  worker.health.lived.heard(clock.monotonic() / 1000, judge.interval(worker));
  worker.heartbeatAt = clock.now();
  if (worker.state === 'STARTING') {
    worker.startupDeadline = clock.monotonic() + (pools.settings(worker.pool)?.startup ?? 30) * 1000;
  }
  freezer.adopt(worker, held.frozen ?? false);
  adoptAssignments(worker, held, parts);
  if (worker.ending) endings.resume(worker);
  else if (worker.state === 'DRAINING') endings.drain(worker, worker.reason);
  else if (worker.paused) attempts.retract(worker, 'always');
  else dispatcher.feed(worker);
}

/** Jobs that the worker did not get are sent again, unless it is to take none; what was to be interrupted still is. */
function adoptAssignments(
  worker: Worker,
  { deliveredFrame, frameAges = [] }: KeptProcess,
  { attempts, clock, judge }: AdoptionParts,
): void {
  for (const assignment of [...worker.assignments].reverse()) {
    if (assignment.frame <= deliveredFrame) continue;
    const cancelled = assignment.interrupted?.outcome === 'cancelled';
    if (worker.takesJobs && !cancelled) continue;
    attempts.takeBack(worker, assignment);
  }
  for (const assignment of worker.assignments) {
    // Only what the keeper has measured counts against its limit: the wall clock may have been set since the claim, and
    // the machine may have slept. Being late with an end is the lesser evil.
    const age = ageOfFrame(frameAges, assignment.frame);
    if (assignment === worker.current) {
      assignment.startedMonotonic = clock.monotonic() - age;
      // Its movements were heard by another supervisor: it is judged by those that come from now on.
      assignment.history = beginProgress(judge.lived(worker));
    }
    // The claim was recorded, but the supervisor died before the worker was told.
    if (assignment.frame > deliveredFrame) attempts.resend(worker, assignment);
    if (assignment.interrupted) attempts.askToEnd(worker, assignment);
  }
}

function restoredWorker(row: RestoredWorker, clock: Clock): Worker {
  const worker = new Worker(row.id, row.pool, row.labels);
  worker.state = row.state;
  worker.reason = row.reason;
  worker.stateSince = row.stateSince;
  worker.paused = row.paused;
  if (row.frozenSince !== undefined)
    worker.frozen = { since: row.frozenSince, sinceMonotonic: clock.monotonic() };
  worker.launch = row.launch;
  worker.launchedAt = row.launchedAt;
  worker.process = row.process;
  worker.profile = row.profile;
  worker.jobsDone = row.jobsDone;
  worker.jobsFailed = row.jobsFailed;
  worker.lastError = row.lastError;
  worker.devices = row.devices;
  worker.settings = row.settings;
  worker.outcomes = row.outcomes;
  // By the only clock that both knew; set back meanwhile, it must not hold a restart up for longer.
  worker.autoRestarts = row.autoRestarts.map((at) => clock.monotonic() - Math.max(0, clock.now() - at));
  worker.hasGivenUp = row.hasGivenUp;
  if (row.ending) {
    const { forceAt, ...ending } = row.ending;
    worker.ending = ending;
    // The grace goes on to be counted.
    if (forceAt !== undefined) worker.ending.forceAt = clock.monotonic() + Math.max(0, forceAt - clock.now());
  }
  return worker;
}
