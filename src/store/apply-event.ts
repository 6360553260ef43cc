/**
 * The one function that changes the projection. Live events, replayed events and nothing else pass through it, so that a
 * restored state cannot differ from the one that was lived. An event that does not fit the state is an InvariantError.
 */
import type { JournalEvent } from '../core/events.ts';
import {
  applyCheckpoint,
  applyClaim,
  applyFinish,
  applyInterruption,
  applyPendingCancel,
  applyResend,
} from './apply-job.ts';
import { recordPeak, recordRefusal } from './apply-admission.ts';
import { archiveBatch, pruneHistory, PRUNED_EVERY, removeJobs } from './apply-archive.ts';
import { applyBatch } from './apply-batch.ts';
import { moveRamp, soakRamp } from './apply-ramp.ts';
import { applyManyCancels, applyPriority, applyRequeue } from './apply-jobs.ts';
import { beginSupervisor, endSupervisor } from './apply-supervisor.ts';
import {
  addWorker,
  decideEnding,
  freezeWorker,
  launchWorker,
  noteWorker,
  pauseWorker,
  registerWorker,
  removeWorker,
  spawnWorker,
  transitionWorker,
} from './apply-worker.ts';
import { InvariantError } from './invariant-error.ts';
import type { Projection } from './projection.ts';

export function applyEvent(projection: Projection, event: JournalEvent, sequence: number, at: number): void {
  try {
    apply(projection, event, sequence, at);
    if (sequence % PRUNED_EVERY === 0) pruneHistory(projection);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvariantError(`Event ${sequence} (${event.type}) does not fit: ${reason}`, { cause: error });
  }
}

function apply(projection: Projection, event: JournalEvent, sequence: number, at: number): void {
  switch (event.type) {
    case 'job.claimed':
      return applyClaim(projection, event, at);
    case 'job.finished':
      return applyFinish(projection, event);
    case 'job.checkpointed':
      return applyCheckpoint(projection, event);
    case 'job.resent':
      return applyResend(projection, event);
    case 'job.interrupted':
      return applyInterruption(projection, event, at);
    case 'job.cancelled':
      return applyPendingCancel(projection, event, at);
    case 'jobs.cancelled':
      return applyManyCancels(projection, event, at);
    case 'jobs.requeued':
      return applyRequeue(projection, event, at);
    case 'jobs.reprioritised':
      return applyPriority(projection, event, at);
    case 'batch.enqueued':
      return applyBatch(projection, event, at);
    case 'pool.declared':
      return declarePool(projection, event, at);
    case 'pool.removed':
      return removePool(projection, event);
    case 'worker.added':
      return addWorker(projection, event, at);
    case 'worker.launched':
      return launchWorker(projection, event, at);
    case 'worker.spawned':
      return spawnWorker(projection, event);
    case 'worker.registered':
      return registerWorker(projection, event);
    case 'worker.transitioned':
      return transitionWorker(projection, event, sequence, at);
    case 'worker.ending':
      return decideEnding(projection, event);
    case 'worker.paused':
      return pauseWorker(projection, event, sequence, at);
    case 'worker.frozen':
      return freezeWorker(projection, event, sequence, at);
    case 'worker.noted':
      return noteWorker(projection, event, sequence, at);
    case 'worker.removed':
      return removeWorker(projection, event, sequence, at);
    case 'worker.refused':
      return recordRefusal(projection, event, sequence, at);
    case 'memory.peaked':
      return recordPeak(projection, event, sequence);
    case 'crew.wanted':
      projection.crewWanted = event.wanted;
      return;
    case 'settings.given':
      return remember(projection, 'settings', event.settings);
    case 'alerts.told':
      return remember(projection, 'alerts', { through: event.through, at: event.at });
    case 'ramp.moved':
      return moveRamp(projection, event, sequence, at);
    case 'ramp.soaked':
      return soakRamp(projection, event);
    case 'batch.archived':
      return archiveBatch(projection, event, at);
    case 'jobs.removed':
      return removeJobs(projection, event);
    case 'supervisor.started':
      return beginSupervisor(projection, event, sequence, at);
    case 'supervisor.ended':
      return endSupervisor(projection, event, at);
    default:
      throw new InvariantError(`unknown type ${(event satisfies never as JournalEvent).type}`);
  }
}

type EventOf<Type extends JournalEvent['type']> = Extract<JournalEvent, { type: Type }>;

function declarePool({ database }: Projection, { pool }: EventOf<'pool.declared'>, at: number): void {
  const changed = database.change('UPDATE pools SET settings = ?, declared_at = ? WHERE name = ?', [
    JSON.stringify(pool),
    at,
    pool.name,
  ]);
  if (changed === 1) return;
  database.run('INSERT INTO pools (name, settings, declared_at) VALUES (?, ?, ?)', [
    pool.name,
    JSON.stringify(pool),
    at,
  ]);
}

/** What is one value and is replaced as a whole. */
function remember({ database }: Projection, name: 'settings' | 'alerts', value: unknown): void {
  database.run('INSERT OR REPLACE INTO remembered (name, value) VALUES (?, ?)', [
    name,
    JSON.stringify(value),
  ]);
}

function removePool({ database }: Projection, { pool }: EventOf<'pool.removed'>): void {
  if (database.change('DELETE FROM pools WHERE name = ?', [pool]) !== 1) {
    throw new InvariantError(`pool ${pool} does not exist`);
  }
}
