/** Which workers a command is about: ids, a pool, labels or all. */
import type { Command } from 'commander';
import type { WorkerView } from '../control/crew-state.ts';
import type { Selection } from '../control/selection.ts';
import { badInput } from './cli-error.ts';
import { collectAssignments } from './option-values.ts';

export interface SelectionOptions {
  pool?: string;
  label?: Record<string, string>;
  all?: boolean;
}

/** Adds `[worker...]`, `--pool`, `--label` and `--all` to a command. */
export function addSelection(command: Command): Command {
  return command
    .argument('[worker...]', 'ids such as simulate-1')
    .optionsGroup('Which workers:')
    .option('--pool <name>', 'all workers of a pool')
    .option(
      '--label <name=value>',
      'all workers with the label; with several, with all of them',
      collectAssignments,
    )
    .option('--all', 'all workers')
    .optionsGroup('Options:');
}

/** The one kind of selection that was given; `otherwise` when none was. Throws CliError for none or several. */
export function readSelection(
  workers: readonly string[],
  { pool, label, all }: SelectionOptions,
  otherwise?: Selection,
): Selection {
  const given: Selection[] = [
    ...(workers.length > 0 ? [{ workers: [...workers] }] : []),
    ...(pool === undefined ? [] : [{ pool }]),
    ...(label === undefined ? [] : [{ labels: label }]),
    ...(all ? [{ all } as const] : []),
  ];
  const [selection, second] = given;
  if (second)
    throw badInput('Workers are chosen in more than one way.', 'Give ids, --pool, --label or --all.');
  if (selection ?? otherwise) return (selection ?? otherwise)!;
  throw badInput(
    'No workers are named.',
    'Give ids (`nightcrew status` lists them), --pool <name>, --label <name=value> or --all.',
  );
}

/** Whether the selection means this worker, as the supervisor will see it. */
export function isSelected(worker: WorkerView, selection: Selection): boolean {
  if ('workers' in selection) return selection.workers.includes(worker.id);
  if ('pool' in selection) return worker.pool === selection.pool;
  if ('all' in selection) return true;
  return Object.entries(selection.labels).every(([name, value]) => worker.labels[name] === value);
}

/** ` of simulate`, ` with domain=law`: behind what it is said of. */
export function selectionText(selection: Selection): string {
  if ('pool' in selection) return ` of ${selection.pool}`;
  if (!('labels' in selection)) return '';
  const labels = Object.entries(selection.labels).map(([name, value]) => `${name}=${value}`);
  return ` with ${labels.join(' ')}`;
}
