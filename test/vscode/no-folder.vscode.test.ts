/** A window without a folder: nothing can be done, and the views say why and what next. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { waitFor } from '../wait-for.ts';
import { Workbench } from './workbench/driver/workbench.ts';
import { repositoryRoot } from './workbench/locations.ts';

it('an empty window asks for a folder, and a command says the same', async () => {
  await using code = await Workbench.launch({ extensionDevelopmentPath: repositoryRoot, label: 'no-folder' });
  await code.activityBar.open('Nightcrew');
  const workers = code.tree('Workers');
  await waitFor('the view to ask for a folder', async () => /Open Folder/.test(await workers.welcome()));
  await code.runCommand('Nightcrew: Add Worker…');
  const { severity, message } = await code.notifications.waitFor(/folder/i);
  assert.notEqual(severity, 'info');
  assert.match(message, /open/i);
});
