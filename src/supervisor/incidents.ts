/**
 * Folders that say what was going on when a ramp was rolled back: `.nightcrew/incidents/<time>-<pool>/`. One is there whole or not
 * at all; one that a supervisor did not come to write is written by the next.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readLogTail } from '../control/log-tail.ts';
import type { MachineView, PoolView, WorkerView } from '../control/crew-state.ts';
import { incidentReport, type Incident } from '../core/incident-report.ts';
import type { Ramp } from '../core/ramp.ts';
import type { Store } from '../store/contract.ts';
import type { PoolRecord } from '../store/pool-record.ts';

/** Of each kind of event, the newest. */
const MOST_EVENTS = 1_000;
const LOG_LINES = 500;

/** As faces would have been shown it at that moment. */
export interface PoolFigures {
  pool: PoolView;
  workers: WorkerView[];
  machine: MachineView;
}

interface Parts {
  store: Pick<Store, 'query'>;
  workspace: string;
  /** Absolute path of the folder of all incidents. */
  folder: string;
}

export interface IncidentFacts {
  name: string;
  at: number;
  /** As it was before it was rolled back. */
  ramp: Ramp;
  triggers: Incident['triggers'];
  figures: PoolFigures;
  /** It is told long after. */
  isLate?: boolean;
}

export class Incidents {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  folder(name: string): string {
    return join(this.#parts.folder, name);
  }

  has(name: string): boolean {
    return existsSync(this.folder(name));
  }

  async write({ name, at, ramp, triggers, figures, isLate = false }: IncidentFacts): Promise<void> {
    const { store, workspace } = this.#parts;
    const { pool, stepSince: since } = ramp;
    const record = await store.query('poolRecord', { pool, since, limit: MOST_EVENTS });
    const partial = `${this.folder(name)}.partial`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(join(partial, 'logs'), { recursive: true, mode: 0o700 });
    const save = (file: string, text: string): Promise<void> =>
      writeFile(join(partial, file), text, { mode: 0o600 });
    const logs = await saveLogs(figures.workers, save);
    const incident: Incident = {
      where: basename(workspace),
      at,
      ramp,
      triggers,
      attempts: record.attempts,
      logs,
      ...(isLate ? {} : { workers: figures.workers, memoryAvailable: figures.machine.memoryAvailable }),
    };
    await save('report.md', incidentReport(incident));
    await save('events.jsonl', eventLines(record));
    if (!isLate) await save('figures.json', `${JSON.stringify({ at, ...figures }, null, 2)}\n`);
    await rename(partial, this.folder(name));
  }
}

async function saveLogs(
  workers: readonly WorkerView[],
  save: (file: string, text: string) => Promise<void>,
): Promise<string[]> {
  const names: string[] = [];
  for (const { logFile } of workers) {
    const text = await readLogTail(logFile, LOG_LINES);
    if (text === '') continue;
    const name = join('logs', basename(logFile));
    await save(name, text);
    names.push(name);
  }
  return names;
}

/** One event a line, in the order of their times. */
function eventLines({ attempts, transitions, notes, refusals, rampChanges }: PoolRecord): string {
  return [
    ...attempts.map((event) => ({ type: 'attempt', ...event })),
    ...rampChanges.map((event) => ({ type: 'ramp', ...event })),
    ...transitions.map((event) => ({ type: 'transition', ...event })),
    ...notes.map((event) => ({ type: 'note', ...event })),
    ...refusals.map((event) => ({ type: 'refusal', ...event })),
  ]
    .sort((left, right) => left.at - right.at)
    .map((event) => `${JSON.stringify(event)}\n`)
    .join('');
}
