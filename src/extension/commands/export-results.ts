import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { BatchRow } from '../../core/job-records.ts';
import { quantity } from '../../core/quantity.ts';
import { crewOf } from '../link-state.ts';
import { batchProgressText } from '../queue-view/queue-nodes.ts';
import { askItem } from '../questions/ask-item.ts';
import type { QueueElement } from '../queue-view/queue-view.ts';
import { Refusal } from '../refusal.ts';
import type { CommandContext } from './command-context.ts';
import { withProgress } from './with-progress.ts';

/** Writes the parameters and results of a batch as a table, and offers to open it. Called on a batch, or asks for one. */
export async function exportResults(context: CommandContext, target?: QueueElement | number): Promise<void> {
  const client = context.link.client();
  const batches = crewOf(context.link.state)?.batches ?? [];
  const id = typeof target === 'number' ? target : target?.node.batch;
  const batch = id === undefined ? await chooseBatch(batches) : batches.find((known) => known.id === id);
  if (!batch) return;
  const { file, rows } = await withProgress(() => client.request('exportResults', { batch: batch.id }));
  const open = 'Open';
  const button = await vscode.window.showInformationMessage(
    `${quantity(rows, 'row')} of ${batch.name} written to ${basename(file)}.`,
    open,
  );
  if (button === open) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
}

async function chooseBatch(batches: readonly BatchRow[]): Promise<BatchRow | undefined> {
  if (batches.length === 0) throw new Refusal('There is no batch to export yet.', 'Enqueue jobs first.');
  const items = batches
    .toSorted((one, other) => other.id - one.id)
    .map((batch) => ({
      label: batch.name,
      description: batchProgressText(batch),
      detail: `Batch ${batch.id} in ${batch.pool}, enqueued ${new Date(batch.enqueuedAt).toLocaleString()}`,
      batch,
    }));
  const picked = await askItem(items, { title: 'Export Results', placeHolder: 'Batch' });
  return picked?.batch;
}
