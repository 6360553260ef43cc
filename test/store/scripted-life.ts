/**
 * A life of a store that touches the disk in every way it ever does: a first start, records written and flushed (also while
 * another flush is under way), snapshots, segments that begin and go, a close, a second start.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { JournalEvent } from '../../src/core/events.ts';
import type { Store } from '../../src/store/contract.ts';
import type { FileSystem } from '../../src/store/file-system.ts';
import { openStore } from '../../src/store/open.ts';
import { IDLE_MILLISECONDS } from '../../src/store/snapshot-schedule.ts';
import { CrewModel } from './crew-model.ts';
import { startProjectionHere } from './in-process-projection.ts';
import type { Ledger } from './ledger.ts';
import { ManualClock } from '../manual-clock.ts';

export const FOLDER = '/state';

/** Always the same events, some of each kind. */
export function scriptedEvents(): JournalEvent[] {
  return CrewModel.live(Array.from({ length: 200 }, (_, index) => (index * 7919 + 3) % 100_003)).events;
}

export interface Session {
  store: Store;
  clock: ManualClock;
}

export async function openOn(files: FileSystem, log?: (message: string) => void): Promise<Session> {
  const clock = new ManualClock();
  const store = await openStore({
    folder: FOLDER,
    clock,
    threadFile: new URL('file:///not-used'),
    files,
    startProjection: () => startProjectionHere(FOLDER, files, clock),
    ...(log ? { log } : {}),
  });
  return { store, clock };
}

/** Two sessions with three snapshots. */
export async function live(files: FileSystem, ledger: Ledger): Promise<void> {
  const first = await openOn(files);
  try {
    await write(first, ledger, 2);
    await idle(first);
    await write(first, ledger, 1);
  } finally {
    await first.store.close();
  }
  const second = await openOn(files);
  try {
    await write(second, ledger, 2);
  } finally {
    await second.store.close();
  }
}

/** Records of one to three events; every other one is flushed, and the next one written while that is under way. */
export async function write({ store }: Session, ledger: Ledger, records: number): Promise<void> {
  for (let record = 1; record <= records; record++) {
    append(store, ledger, 1 + (record % 3));
    const through = store.lastSequence;
    const flushed = store.flush();
    flushed.catch(() => undefined); // It is looked at below, unless the next record fails before.
    append(store, ledger, 1);
    store.write();
    await flushed;
    ledger.acknowledged = through;
  }
}

/** Time passes; a snapshot is taken, and all that comes of it has happened. */
export async function idle({ clock }: Session): Promise<void> {
  clock.advance(IDLE_MILLISECONDS);
  await turn();
}

function append(store: Store, ledger: Ledger, count: number): void {
  for (let event = 1; event <= count; event++) {
    const next = ledger.events[store.lastSequence];
    if (!next) throw new Error('the script has no more events');
    store.append(next);
  }
  ledger.recordEnds.add(store.lastSequence);
}
