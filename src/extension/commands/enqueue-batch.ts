import * as vscode from 'vscode';
import type { ControlClient } from '../../control/client-contract.ts';
import type { CommandContext } from './command-context.ts';
import { tellEnqueued } from './tell-enqueued.ts';

/**
 * Enqueues batches of the crew file; all of them when none is named. One that is in the queue already is not doubled by
 * a second click: it is enqueued again only if a person says so.
 */
export async function enqueueBatches(
  context: CommandContext,
  client: ControlClient,
  names?: string[],
): Promise<void> {
  const request = names ? { batches: names } : {};
  const { enqueued, skipped } = await client.request('enqueueBatches', request);
  for (const result of enqueued) tellEnqueued(context, result);
  if (skipped.length === 0) return;
  const again = 'Enqueue Again';
  const text = skipped.map(({ name, reason }) => `${name}: ${reason}`).join(' ');
  const button = await vscode.window.showInformationMessage(`Not enqueued a second time. ${text}`, again);
  if (button !== again) return;
  const repeated = await client.request('enqueueBatches', {
    batches: skipped.map(({ name }) => name),
    again: true,
  });
  for (const result of repeated.enqueued) tellEnqueued(context, result);
}

/** The command behind a code lens or a button: the batch's name is known. */
export async function enqueueBatch(context: CommandContext, name: unknown): Promise<void> {
  if (typeof name !== 'string') return;
  await enqueueBatches(context, await context.link.ensure(), [name]);
}
