/** What happens to a worker. Everything about a launch names it, so that news of an earlier one is told apart. */
import type { JournalEvent } from '../core/events.ts';
import { isLive } from '../core/worker-state.ts';
import type { WorkerId } from '../core/worker.ts';
import type { WorkerNote } from '../core/worker-records.ts';
import { InvariantError } from './invariant-error.ts';
import type { Projection } from './projection.ts';

type EventOf<Type extends JournalEvent['type']> = Extract<JournalEvent, { type: Type }>;

export function addWorker(
  { workers, database }: Projection,
  event: EventOf<'worker.added'>,
  at: number,
): void {
  workers.add({
    id: event.worker,
    launch: 0,
    state: null,
    jobsDone: 0,
    jobsFailed: 0,
    lastError: undefined,
    outcomes: '',
  });
  database.run(
    `INSERT INTO workers (id, pool, labels, added_at, state, reason, state_since, paused, launch, jobs_done, jobs_failed)
     VALUES (?1, ?2, ?3, ?4, NULL, '', ?4, 0, 0, 0, 0)`,
    [event.worker, event.pool, JSON.stringify(event.labels), at],
  );
}

export function launchWorker(
  { workers, database }: Projection,
  event: EventOf<'worker.launched'>,
  at: number,
): void {
  const worker = workers.get(event.worker);
  if (event.launch !== worker.launch + 1) {
    throw new InvariantError(`launch ${event.launch} of ${event.worker} follows launch ${worker.launch}`);
  }
  worker.launch = event.launch;
  worker.outcomes = '';
  database.run(
    `UPDATE workers SET launch = ?, command = ?, launched_at = ?, pid = NULL, process_start_time = NULL, boot_id = NULL,
       profile = NULL, ending = NULL, outcomes = '', frozen_since = NULL, devices = coalesce(?, devices),
       settings = ? WHERE id = ?`,
    [
      event.launch,
      JSON.stringify(event.command),
      at,
      event.devices ? JSON.stringify(event.devices) : null,
      event.settings ? JSON.stringify(event.settings) : null,
      event.worker,
    ],
  );
}

export function spawnWorker({ workers, database }: Projection, event: EventOf<'worker.spawned'>): void {
  workers.launched(event.worker, event.launch);
  database.run('UPDATE workers SET pid = ?, process_start_time = ?, boot_id = ? WHERE id = ?', [
    event.process.pid,
    event.process.startTime,
    event.process.bootId,
    event.worker,
  ]);
}

export function registerWorker({ workers, database }: Projection, event: EventOf<'worker.registered'>): void {
  workers.launched(event.worker, event.launch);
  database.run('UPDATE workers SET profile = ? WHERE id = ?', [JSON.stringify(event.profile), event.worker]);
}

export function transitionWorker(
  { workers, database }: Projection,
  event: EventOf<'worker.transitioned'>,
  sequence: number,
  at: number,
): void {
  const worker = workers.launched(event.worker, event.launch);
  if (worker.state !== event.from) {
    throw new InvariantError(
      `worker ${event.worker} is ${worker.state ?? 'new'}, not ${event.from ?? 'new'}`,
    );
  }
  worker.state = event.to;
  database.run(
    `UPDATE workers SET state = ?1, reason = ?2, state_since = ?3,
       ending = iif(?4 OR json_extract(ending, '$.relaunch'), ending, NULL), frozen_since = iif(?4, frozen_since, NULL)
     WHERE id = ?5`,
    [event.to, event.reason, at, isLive(event.to) ? 1 : 0, event.worker],
  );
  database.run(
    `INSERT INTO worker_transitions (sequence, worker, launch, at, from_state, to_state, reason)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    [sequence, event.worker, event.launch, at, event.from, event.to, event.reason],
  );
}

export function decideEnding({ workers, database }: Projection, event: EventOf<'worker.ending'>): void {
  const { state } = workers.launched(event.worker, event.launch);
  if (!state) throw new InvariantError(`worker ${event.worker} was never started`);
  database.run('UPDATE workers SET ending = ? WHERE id = ?', [JSON.stringify(event.ending), event.worker]);
}

export function pauseWorker(
  projection: Projection,
  { worker, paused }: EventOf<'worker.paused'>,
  sequence: number,
  at: number,
): void {
  const { launch } = projection.workers.get(worker);
  projection.database.run('UPDATE workers SET paused = ? WHERE id = ?', [paused ? 1 : 0, worker]);
  note(projection, { worker, launch, kind: paused ? 'paused' : 'resumed', reason: 'by hand' }, sequence, at);
}

export function freezeWorker(
  projection: Projection,
  { worker, launch, frozen }: EventOf<'worker.frozen'>,
  sequence: number,
  at: number,
): void {
  const { state } = projection.workers.launched(worker, launch);
  if (!state || !isLive(state)) throw new InvariantError(`worker ${worker} does not live`);
  projection.database.run('UPDATE workers SET frozen_since = ? WHERE id = ?', [frozen ? at : null, worker]);
  note(
    projection,
    { worker, launch, kind: frozen ? 'frozen' : 'continued', reason: 'by hand' },
    sequence,
    at,
  );
}

/** Its attempts and transitions stay. */
export function removeWorker(
  projection: Projection,
  event: EventOf<'worker.removed'>,
  sequence: number,
  at: number,
): void {
  const { workers, claims, database } = projection;
  const claim = claims.all().find(({ worker }) => worker === event.worker);
  if (claim) throw new InvariantError(`worker ${event.worker} still has job ${claim.job}`);
  const { launch } = workers.get(event.worker);
  const noted = { worker: event.worker, launch, kind: 'removed', reason: 'from the list' } as const;
  note(projection, noted, sequence, at);
  workers.remove(event.worker);
  database.run('DELETE FROM workers WHERE id = ?', [event.worker]);
}

/** Beyond what anybody reads, and so that a worker that is restarted for months does not fill the tables. */
const NOTES_OF_WORKER = 100;

export function noteWorker(
  projection: Projection,
  event: EventOf<'worker.noted'>,
  sequence: number,
  at: number,
): void {
  projection.workers.launched(event.worker, event.launch);
  note(projection, event, sequence, at);
}

function note(
  { database }: Projection,
  { worker, launch, kind, reason }: Pick<WorkerNote, 'launch' | 'kind' | 'reason'> & { worker: WorkerId },
  sequence: number,
  at: number,
): void {
  database.run(
    'INSERT INTO worker_notes (sequence, worker, launch, at, kind, reason) VALUES (?, ?, ?, ?, ?, ?)',
    [sequence, worker, launch, at, kind, reason],
  );
  database.run(
    `DELETE FROM worker_notes WHERE worker = ?1 AND sequence <=
       (SELECT sequence FROM worker_notes WHERE worker = ?1 ORDER BY sequence DESC LIMIT 1 OFFSET ${NOTES_OF_WORKER})`,
    [worker],
  );
}
