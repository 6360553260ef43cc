/** A restart by hand, asked in the moment in which the keeper is gone, says what happens. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { signalProcess } from '../../src/keeper/process-identity.ts';
import { TemporaryCrew, workerOf } from './temporary-crew.ts';

describe('a restart while there is no keeper', () => {
  it('of a worker that has ended names its process, or says what it waits for; it runs in the end', async () => {
    await using crew = TemporaryCrew.make('pools: { tag: { command: python3 tasks.py, workers: 1 } }');
    const client = await crew.connect();
    await client.request('up', {});
    const select = { workers: ['tag-1'] };
    await crew.until(client, 'the worker', (state) => workerOf(state, 'tag-1').healthy);
    await client.request('abort', { select });
    await signalProcess((await crew.keeper())!, 'SIGKILL');
    const { outcomes } = await client.request('restart', { select });
    assert.match(
      outcomes[0]!.message,
      /^started again as process \d+$|^starts as soon as there is a keeper again$/,
    );
    await crew.until(client, 'the worker again', (state) => workerOf(state, 'tag-1').state === 'RUNNING');
  });
});
