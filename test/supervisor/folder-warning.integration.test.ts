/** A workspace in a folder that something copies: told once, to the first who looks, and never again. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Notice } from '../../src/control/api.ts';
import { TemporaryCrew } from './temporary-crew.ts';

describe('a workspace that is not on a local disk', () => {
  it('is warned of once, over several supervisors', async () => {
    await using crew = TemporaryCrew.make('pools: { tag: { command: python3 tasks.py, workers: 1 } }');
    mkdirSync(join(crew.workspace, '.stfolder'));
    const told: Notice[][] = [];
    for (let start = 0; start < 2; start++) {
      const client = await crew.connect();
      const notices: Notice[] = [];
      client.on('notice', (notice) => notices.push(notice));
      await client.request('subscribe', {});
      told.push(notices);
      const closed = new Promise<void>((resolve) => client.onClose(resolve));
      await client.request('down', { mode: 'stop' });
      await closed;
    }
    assert.deepEqual(
      told.map(({ length }) => length),
      [1, 0],
    );
    const [{ severity, message, nextStep }] = told[0] as [Notice];
    assert.equal(severity, 'warning');
    assert.ok(
      message.includes(crew.workspace) && message.includes('Syncthing') && message.includes('.stfolder'),
    );
    assert.match(nextStep ?? '', /local disk/);
  });
});
