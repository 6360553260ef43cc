/**
 * What a person changes of many jobs at once: cancel, requeue, reprioritise. Which jobs are meant is asked of the store, which
 * may take a second for a million; work goes on meanwhile, and what it has changed of them by then is put right before the
 * one event is recorded. So the event says exactly what was, and is applied in one transaction.
 *
 * One change at a time: two faces cannot act on each other's half-known jobs.
 */
import type { JobChangeProblem, JobsChanged, JobSelection } from '../control/selection.ts';
import {
  countIds,
  countJobs,
  idsOf,
  includesId,
  membership,
  rangesOf,
  withoutIds,
  type JobGroup,
} from '../core/id-ranges.ts';
import type { JobId, JobState } from '../core/job.ts';
import type { Store, StoreQueries } from '../store/contract.ts';
import { StoreError } from '../store/store-error.ts';
import type { Attempts } from './attempts.ts';
import type { ChangedJobs } from './queue-counts.ts';
import type { Queue } from './queue.ts';
import type { Roster } from './roster.ts';

export type JobChange =
  | { kind: 'cancel'; reason: string }
  | { kind: 'requeue'; fresh: boolean }
  | { kind: 'reprioritise'; priority: number };

/** States that a change is for, when a filter names none. */
const USUAL_STATES: Record<JobChange['kind'], JobState[]> = {
  cancel: ['pending', 'running'],
  requeue: ['failed'],
  reprioritise: ['pending', 'running'],
};
const POSSIBLE_STATES: Record<JobChange['kind'], JobState[]> = {
  cancel: ['pending', 'running'],
  requeue: ['failed', 'cancelled', 'done'],
  reprioritise: ['pending', 'running'],
};
/** Jobs whose problem is told. */
const PROBLEMS_TOLD = 100;

interface Parts {
  store: Store;
  queue: Queue;
  roster: Roster;
  attempts: Attempts;
}

export class JobChanges {
  readonly #parts: Parts;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** `dryRun`: only says what would be done. */
  make(change: JobChange, selection: JobSelection, dryRun = false): Promise<JobsChanged> {
    const made = this.#last.then(() => this.#make(change, selection, dryRun));
    this.#last = made.catch(() => undefined);
    return made;
  }

  async #make(change: JobChange, selection: JobSelection, dryRun: boolean): Promise<JobsChanged> {
    const { queue, store } = this.#parts;
    const states = statesOf(change, selection);
    const changed = queue.watch();
    let found: JobGroup[];
    try {
      found = await store.query('jobGroups', questionOf(selection, states));
    } finally {
      queue.unwatch();
    }
    const groups = putRight(found, changed, states).filter(({ batch }) => {
      const row = queue.batch(batch);
      return row !== undefined && row.archived === undefined;
    });
    const report = new Report(selection, groups);
    const possible = groups.filter((group) => this.#isPossible(change, group, report));
    if (dryRun) for (const group of possible) report.changed(group);
    else this.#carryOut(change, possible, report);
    return report.answer;
  }

  /** Splits off what waits for another try: to requeue it is to try it now. */
  #isPossible(change: JobChange, group: JobGroup, report: Report): boolean {
    if (POSSIBLE_STATES[change.kind].includes(group.state)) return true;
    if (change.kind === 'requeue' && group.state === 'pending') {
      const delayed = [...idsOf(group.ids)].filter((id) => this.#parts.queue.retries.has(id));
      report.refuse(withoutIds(group.ids, delayed), 'is waiting already');
      group.ids = rangesOf(delayed);
      return delayed.length > 0;
    }
    const next = change.kind === 'requeue' ? ': cancel it first' : '';
    const already = group.state === 'running' ? 'is running' : `is ${group.state} already`;
    report.refuse(group.ids, `${already}${next}`);
    return false;
  }

  #carryOut(change: JobChange, groups: JobGroup[], report: Report): void {
    switch (change.kind) {
      case 'cancel':
        return this.#cancel(change.reason, groups, report);
      case 'requeue':
        return this.#requeue(change.fresh, groups, report);
      case 'reprioritise':
        return this.#reprioritise(change.priority, groups, report);
    }
  }

  /** Waiting ones first, so that none of them starts because a running one ends. */
  #cancel(reason: string, groups: JobGroup[], report: Report): void {
    const { store, queue, roster, attempts } = this.#parts;
    const [running, waiting] = [true, false].map((runs) =>
      groups.filter(({ state }) => (state === 'running') === runs),
    ) as [JobGroup[], JobGroup[]];
    if (waiting.length > 0) {
      try {
        store.record([{ type: 'jobs.cancelled', groups: waiting, reason }]);
        queue.moveMany(waiting, 'cancelled');
        queue.withdrawMany(this.#poolsOf(waiting), membership(waiting));
        for (const group of waiting) report.changed(group, 'cancelled');
      } catch (error) {
        // A running job is ended by its worker, whatever the disk says.
        if (!(error instanceof StoreError)) throw error;
        for (const { ids } of waiting) report.refuse(ids, error.message);
      }
    }
    for (const group of running) {
      for (const id of idsOf(group.ids)) {
        const worker = roster.assigned.get(id);
        const assignment = worker?.assignments.find(({ job }) => job.id === id);
        if (!worker || !assignment) continue;
        attempts.interrupt(worker, assignment, 'cancelled');
        report.changed({ ...group, ids: [id, id] }, `${worker.id} was asked to end it`);
      }
    }
  }

  #requeue(fresh: boolean, groups: JobGroup[], report: Report): void {
    if (groups.length === 0) return;
    const { store, queue } = this.#parts;
    store.record([{ type: 'jobs.requeued', groups, fresh }]);
    const pools = this.#poolsOf(groups);
    queue.withdrawMany(pools, membership(groups));
    queue.moveMany(groups, 'pending');
    for (const group of groups) report.changed(group, 'requeued');
    queue.reloadWith(pools);
  }

  #reprioritise(priority: number, groups: JobGroup[], report: Report): void {
    if (groups.length === 0) return;
    const { store, queue, roster } = this.#parts;
    store.record([{ type: 'jobs.reprioritised', groups, priority }]);
    const isMeant = membership(groups);
    queue.reprioritiseMany(this.#poolsOf(groups), isMeant, priority);
    // In case they are tried again.
    for (const [id, worker] of roster.assigned) {
      const job = worker.assignments.find((assignment) => assignment.job.id === id)?.job;
      if (job && isMeant(job)) job.priority = priority;
    }
    for (const group of groups) report.changed(group, `has priority ${priority}`);
  }

  #poolsOf(groups: readonly JobGroup[]): Set<string> {
    return new Set(groups.flatMap(({ batch }) => this.#parts.queue.batch(batch)?.pool ?? []));
  }
}

function statesOf(change: JobChange, selection: JobSelection): readonly JobState[] | undefined {
  if ('jobs' in selection) return undefined;
  return selection.filter.states?.length ? selection.filter.states : USUAL_STATES[change.kind];
}

function questionOf(
  selection: JobSelection,
  states: readonly JobState[] = [],
): StoreQueries['jobGroups']['parameters'] {
  if ('jobs' in selection) return { ids: selection.jobs.filter((id) => Number.isSafeInteger(id)) };
  return { filter: { ...selection.filter, states: [...states] } };
}

/** The groups with each job where it is by now; one that has left the states that were asked for is not meant any more. */
function putRight(
  groups: readonly JobGroup[],
  changed: ChangedJobs,
  states: readonly JobState[] | undefined,
): JobGroup[] {
  const isFound = membership(groups);
  const moved = [...changed].filter(([id, { batch }]) => isFound({ id, batch }));
  const right = groups.map((group) => ({
    ...group,
    ids:
      moved.length === 0
        ? group.ids
        : withoutIds(
            group.ids,
            moved.map(([id]) => id),
          ),
  }));
  for (const [id, { batch, state }] of moved) {
    if (states === undefined || states.includes(state)) right.push({ batch, state, ids: [id, id] });
  }
  return right.filter(({ ids }) => ids.length > 0);
}

/** What is answered: counts of what was done, and the first of those to which it was not, with the reason. */
class Report {
  readonly #answer: JobsChanged;
  /** Of jobs that were named, in the order in which they were. */
  readonly #outcomes: Map<JobId, JobsChanged['outcomes'][number] | undefined> | undefined;

  constructor(selection: JobSelection, groups: readonly JobGroup[]) {
    this.#answer = { matched: countJobs(groups), changed: {}, refused: 0, problems: [], outcomes: [] };
    if (!('jobs' in selection)) return;
    this.#outcomes = new Map(selection.jobs.map((job) => [job, undefined]));
    this.#answer.matched = this.#outcomes.size;
    for (const id of this.#outcomes.keys()) {
      if (!Number.isSafeInteger(id)) this.#refuseOne({ job: id, message: 'is no job number' });
      else if (!groups.some(({ ids }) => includesId(ids, id)))
        this.#refuseOne({ job: id, message: 'does not exist' });
    }
  }

  get answer(): JobsChanged {
    const outcomes = [...(this.#outcomes?.values() ?? [])].filter((outcome) => outcome !== undefined);
    return { ...this.#answer, outcomes };
  }

  changed({ state, ids }: JobGroup, message?: string): void {
    const { changed } = this.#answer;
    changed[state] = (changed[state] ?? 0) + countIds(ids);
    if (!this.#outcomes || message === undefined) return;
    for (const job of idsOf(ids)) this.#outcomes.set(job, { job, ok: true, message });
  }

  refuse(ids: JobGroup['ids'], message: string): void {
    for (const job of idsOf(ids)) this.#refuseOne({ job, message });
  }

  #refuseOne(problem: JobChangeProblem): void {
    this.#answer.refused++;
    if (this.#answer.problems.length < PROBLEMS_TOLD) this.#answer.problems.push(problem);
    this.#outcomes?.set(problem.job, { ok: false, ...problem });
  }
}
