/**
 * Makes the state folder that stands for this schema version in `test/fixtures/state-folders/`: a small crew in the middle of
 * its work, killed with a journal behind its snapshots, and what the version that wrote it says of it.
 *
 *     node test/store/make-state-folder.ts test/fixtures/state-folders/<schema version>
 *
 * Run it once for each version that is released, with the sources of that version, and never again: a folder that was made
 * anew would be one that no user has.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalEvent } from '../../src/core/events.ts';
import { openStore } from '../../src/store/open.ts';
import { ManualClock } from '../manual-clock.ts';
import { beginning, middle, tail } from './state-folder-life.ts';
import { whatIsThere } from './what-is-there.ts';

async function make(target: string): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'nightcrew-fixture-'));
  const folder = join(scratch, '.nightcrew');
  mkdirSync(folder);
  const clock = new ManualClock();
  const threadFile = new URL('../../src/store/projection-thread.ts', import.meta.url);
  const live = async (events: JournalEvent[], end: 'closed' | 'killed'): Promise<void> => {
    const store = await openStore({ folder, clock, threadFile });
    for (const [index, event] of events.entries()) {
      clock.advance(250);
      store.append(event);
      // Records of one event and of several.
      if (index % 3 !== 0) store.write();
    }
    await store.flush();
    if (end === 'killed') {
      rmSync(target, { recursive: true, force: true });
      cpSync(folder, target, { recursive: true });
      const expected = await whatIsThere(store);
      writeFileSync(join(target, 'expected.json'), `${JSON.stringify(expected, null, 1)}\n`);
    }
    await store.close();
  };
  await live(beginning, 'closed');
  await live(middle, 'closed');
  await live(tail, 'killed');
  rmSync(scratch, { recursive: true });
}

const [target] = process.argv.slice(2);
if (!target) throw new Error('Name the folder to make.');
await make(target);
