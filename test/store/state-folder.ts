/** Real state folders, on the disk. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { JournalEvent } from '../../src/core/events.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Store } from '../../src/store/contract.ts';
import { diskFileSystem } from '../../src/store/file-system.ts';
import { openStore, type OpenOptions } from '../../src/store/open.ts';
import { startProjectionHere } from './in-process-projection.ts';
import { ManualClock } from '../manual-clock.ts';

const THREAD_FILE = new URL('../../src/store/projection-thread.ts', import.meta.url);

/** An empty folder that goes when the suite that asked for it has ended. */
export function stateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nightcrew-store-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What another process finds if this one is killed now. */
export function copyOf(folder: string): string {
  const copy = stateFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** The projection runs in this thread: to start another takes many times as long as all the rest of opening. */
export function open(folder: string, options: Partial<OpenOptions> = {}): Promise<Store> {
  const startProjection = () => startProjectionHere(folder, diskFileSystem, systemClock);
  return openWithThread(folder, { startProjection, ...options });
}

/** As the supervisor opens it. */
export function openWithThread(folder: string, options: Partial<OpenOptions> = {}): Promise<Store> {
  return openStore({ folder, clock: new ManualClock(), threadFile: THREAD_FILE, ...options });
}

/** Opens, does something, closes. */
export async function withStore<Result>(
  folder: string,
  action: (store: Store) => Promise<Result> | Result,
  options: Partial<OpenOptions> = {},
): Promise<Result> {
  const store = await open(folder, options);
  try {
    return await action(store);
  } finally {
    await store.close();
  }
}

export function appendAll(store: Store, events: JournalEvent[]): void {
  for (const event of events) {
    store.append(event);
    store.write();
  }
}
