/** A job that ends the keeper of its own worker, and so everybody's work, each time it is run. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { TemporaryCrew } from './temporary-crew.ts';

const crewFile = `
pools:
  p: { run: 'sh job.sh {what}', workers: 2 }
`;
/** The parent of a job is its worker, whose parent is the keeper. */
const job = `
if [ "$1" = kill ]; then kill -9 "$(cut -d ' ' -f 4 /proc/$PPID/stat)"; fi
sleep 600
`;

describe('a job that kills the keeper', { skip: process.platform !== 'linux' && 'reads /proc' }, () => {
  it('is not run for ever: the crew stops, says why, and is started again by hand', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    writeFileSync(join(crew.workspace, 'job.sh'), job);
    const client = await crew.connect();
    await client.request('up', {});
    await client.request('enqueue', { pool: 'p', source: { matrix: { what: ['wait', 'kill'] } } });

    const stopped = await crew.until(client, 'the crew to stop', ({ troubles }) => troubles.length > 0, 60);
    assert.match(stopped.troubles[0]!.message, /keeper .* while jobs 1, 2 ran/);
    const rested = await crew.until(client, 'all to be put back', ({ workers, pools }) => {
      const waits = pools[0]?.counts.pending === 2 && pools[0].counts.running === 0;
      return waits && workers.every(({ state }) => state === 'FAILED');
    });
    assert.equal(rested.troubles.length, 1);

    await client.request('cancel', { jobs: [2] });
    await client.request('up', {});
    const again = await crew.until(client, 'the other job to run', ({ workers }) =>
      workers.some((worker) => worker.job?.id === 1),
    );
    assert.deepEqual(again.troubles, []);
  });
});
