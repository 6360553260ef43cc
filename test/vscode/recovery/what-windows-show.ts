/** What a window shows and has told of a crew that was in trouble. */
import { waitFor } from '../../wait-for.ts';
import type { Workbench } from '../workbench/driver/workbench.ts';
import { PATIENCE } from './recovering-crew.ts';

/** Everything the window has shows the crew at work, and nothing of before. */
export async function showsCrewAtWork(window: Workbench): Promise<void> {
  const patience = { timeoutMs: PATIENCE.seconds * 1000 };
  await window.statusBar.item(
    'nightcrew.status',
    ({ text, kind }) => text === '2/2' && kind === 'plain',
    patience,
  );
  const workers = window.tree('Workers');
  await workers.waitForRows(
    (rows) =>
      rows.map(({ label }) => label).join() === 'tag,tag-1,tag-2' &&
      rows.slice(1).every(({ icon, description }) => icon === 'play-circle' && /#[12]\b/.test(description)),
    'two workers with a job each',
    patience,
  );
  await waitFor(
    'the message above the workers to go',
    async () => (await workers.message()) === '',
    PATIENCE,
  );
}

/** Told by VS Code itself, on a loaded machine. */
const ofVsCode = /^Activating Extensions/;

/** What the window has told, the newest first. A list that is being redrawn may have a row twice; more messages stay. */
export async function told(window: Workbench, count: number): Promise<string[]> {
  let messages: string[] = [];
  const read = async (): Promise<boolean> => {
    const all = (await window.notifications.read()).filter(({ message }) => !ofVsCode.test(message));
    messages = all.map(({ severity, message }) => `${severity}: ${message}`);
    return messages.length === count;
  };
  await waitFor(`${count} notifications`, read, { ...PATIENCE, seen: () => messages.join('\n') });
  return messages;
}
