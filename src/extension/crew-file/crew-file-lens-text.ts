/** What stands above a pool or a batch in the crew file: how it is, and what one would do next with it. */
import type { BatchRow } from '../../core/job-records.ts';
import type { CrewState } from '../../control/crew-state.ts';
import { CommandId } from '../contributions.ts';
import { quantity } from '../../core/quantity.ts';
import { formatCount } from '../format/count.ts';
import { batchProgressText } from '../queue-view/queue-nodes.ts';
import { strengthText } from '../workers-view/crew-strength.ts';
import { isAlive } from '../workers-view/worker-condition.ts';
import type { OutlineEntry } from './crew-file-outline.ts';

export interface LensText {
  title: string;
  command: CommandId;
  arguments: unknown[];
}

/** `crew` is undefined while no supervisor lives. */
export function lensTexts(entry: OutlineEntry, crew: CrewState | undefined): LensText[] {
  return entry.kind === 'pool' ? poolLenses(entry.name, crew) : batchLenses(entry.name, crew);
}

function poolLenses(name: string, crew: CrewState | undefined): LensText[] {
  const workers = crew?.workers.filter((worker) => worker.pool === name) ?? [];
  const pool = crew?.pools.find((candidate) => candidate.name === name);
  const start = { title: 'Start workers', command: CommandId.startCrew, arguments: [name] };
  if (!pool || !workers.some(isAlive)) return [start];
  const waiting = pool.counts.pending;
  const status = `${strengthText(workers)}${waiting === 0 ? '' : ` · ${formatCount(waiting)} waiting`}`;
  return [
    { title: status, command: CommandId.openDashboard, arguments: [] },
    { title: 'Add worker', command: CommandId.addWorker, arguments: [name] },
  ];
}

function batchLenses(name: string, crew: CrewState | undefined): LensText[] {
  const newest = newestBatch(name, crew);
  const count = crew?.crewFile.batches.find((batch) => batch.name === name)?.count;
  const jobs = count === undefined ? 'jobs' : quantity(count, 'job');
  const enqueue = { title: `Enqueue ${jobs}`, command: CommandId.enqueueBatch, arguments: [name] };
  if (!newest) return [enqueue];
  const failed = newest.counts.failed === 0 ? '' : ` · ${formatCount(newest.counts.failed)} failed`;
  const status = {
    title: `${batchProgressText(newest)}${failed}`,
    command: CommandId.openDashboard,
    arguments: [],
  };
  const isOpen = newest.counts.pending + newest.counts.running > 0;
  const results = {
    title: 'Export results',
    command: CommandId.exportResults,
    arguments: [newest.id],
  };
  return isOpen ? [status, enqueue] : [status, results, enqueue];
}

function newestBatch(name: string, crew: CrewState | undefined): BatchRow | undefined {
  return crew?.batches
    .filter((batch) => batch.name === name)
    .reduce<BatchRow | undefined>(
      (newest, batch) => (newest && newest.id > batch.id ? newest : batch),
      undefined,
    );
}
