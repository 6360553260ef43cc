import assert from 'node:assert/strict';
import { waitFor } from '../wait-for.ts';
import type { Workbench } from './workbench/driver/workbench.ts';

/** In a window without a folder nothing can be done: the views and each command say so, and what next. */
export async function asksForAFolder(code: Workbench): Promise<void> {
  await using empty = await code.openWindow();
  await empty.activityBar.open('Nightcrew');
  const workers = empty.tree('Workers');
  await waitFor('the view to ask for a folder', async () => /Open Folder/.test(await workers.welcome()));
  await empty.runCommand('Nightcrew: Add Worker…');
  const { severity, message } = await empty.notifications.waitFor(/folder/i);
  assert.notEqual(severity, 'info');
  assert.match(message, /open/i);
}
