/** What hostile eyes found: values that would have stayed in the journal for ever, and endings that came too early. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ControlError } from '../../src/control/control-error.ts';
import { signalProcess } from '../../src/keeper/process-identity.ts';
import { waitFor } from '../wait-for.ts';
import { TemporaryCrew, workerOf } from './temporary-crew.ts';

const crewFile = `
pools:
  tag: { command: python3 tasks.py, workers: 2, grace: 1s }
  liar: { command: python3 liar.py, workers: 1 }
`;

/** Speaks the protocol, and answers every job with an error that is none. */
const liar = `
from by_hand import receive, register, send
register(prefetch={})
while True:
    message = receive()
    if message.get("method") == "job/run":
        send({"id": {"toString": None}, "result": None})
        send({"id": message["id"], "error": {"code": 1, "message": {"a": 1}, "data": {"type": 3, "traceback": []}}})
    elif "id" in message:
        send({"id": message["id"], "result": None})
`;

describe('hostile input', () => {
  it('never gets into the journal: the crew works on, and the next start finds everything', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    writeFileSync(join(crew.workspace, 'liar.py'), liar);
    const client = await crew.connect();
    await client.request('up', {});
    const wrong = [
      client.request('cancel', { jobs: ['1'] as never }),
      client.request('add', { pool: 'tag', count: 1, labels: null as never }),
      client.request('add', { pool: 'tag', count: 1, labels: { a: {} } as never }),
      client.request('pause', { select: { all: true }, paused: 'yes' as never }),
      client.request('drain', { select: 7 as never }),
      client.request('enqueue', { pool: 'tag', match: 'seed' as never, source: { parameters: { seed: 1 } } }),
      client.request('enqueue', { pool: 'tag', timeout: [5] as never, source: { parameters: {} } }),
      client.request('jobs', { limit: -1 }),
    ];
    for (const result of await Promise.allSettled(wrong)) {
      assert.ok(
        result.status === 'rejected' && result.reason instanceof ControlError,
        JSON.stringify(result),
      );
      assert.equal(result.reason.code, 4000);
    }
    await client.request('enqueue', {
      pool: 'tag',
      match: ['seed'],
      source: { parameters: { seed: '\ud800' } },
    });
    const { firstJob } = await client.request('enqueue', {
      pool: 'liar',
      attempts: 1,
      source: { parameters: {} },
    });
    await crew.until(client, 'the lie to be recorded', ({ pools }) =>
      pools.some(({ counts }) => counts.failed === 1),
    );
    assert.match(
      (await client.request('job', { job: firstJob })).error?.message ?? '',
      /an error that is none/,
    );
    const closed = new Promise<void>((resolve) => client.onClose(resolve));
    await client.request('down', { mode: 'abort' });
    await closed;
    const later = await crew.connect();
    assert.equal((await later.request('jobs', {})).total, 2);
  });

  it('a worker told to end before it has a process ends', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    await Promise.all([
      client.request('add', { pool: 'tag', count: 2 }),
      client.request('abort', { select: { all: true } }),
    ]);
    await crew.until(client, 'both to be dead', ({ workers }) =>
      workers.every(({ state }) => state === 'DEAD'),
    );
    await Promise.all([1, 2].map(() => client.request('restart', { select: { workers: ['tag-1'] } })));
    await client.request('enqueue', { pool: 'tag', source: { parameters: {} } });
    await crew.until(client, 'the job to be done', ({ pools }) =>
      pools.some(({ counts }) => counts.done === 1),
    );
  });

  it('a job that was cancelled is not tried again, whatever its handler makes of it', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    await client.request('up', { pools: ['tag'] });
    await client.request('enqueue', {
      pool: 'tag',
      task: 'stubborn',
      source: { parameters: { seconds: 1.5 } },
    });
    await crew.until(client, 'it to run', ({ workers }) => workers.some(({ job }) => job !== undefined));
    await client.request('cancel', { jobs: [1] });
    await crew.until(client, 'it to end', ({ pools }) =>
      pools.some(({ counts }) => counts.cancelled + counts.done === 1),
    );
    assert.equal((await client.request('job', { job: 1 })).attempts, 1);
  });

  it('a crew that is wanted again while it is being ended goes on', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const file = join(crew.workspace, 'go');
    const client = await crew.connect();
    await client.request('up', { pools: ['tag'] });
    await client.request('enqueue', { pool: 'tag', task: 'wait', source: { parameters: { file } } });
    await crew.until(client, 'it to run', ({ workers }) => workers.some(({ job }) => job !== undefined));
    const down = client.request('down', { mode: 'drain' });
    await client.request('add', { pool: 'tag', count: 1 });
    writeFileSync(file, '');
    assert.equal((await down).ended, false);
    assert.equal(workerOf(await client.request('status', {}), 'tag-3').state !== 'DEAD', true);
  });

  it('the death of the keeper, again and again, leaves the supervisor alive', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    await client.request('up', { pools: ['tag'] });
    for (let round = 0; round < 5; round++) {
      const keeper = await crew.keeper();
      assert.ok(keeper);
      await signalProcess(keeper, 'SIGKILL');
      await waitFor('another keeper', async () => {
        const now = await crew.keeper();
        return now !== undefined && now.pid !== keeper.pid;
      });
    }
    const state = await crew.until(client, 'the workers to be back', ({ workers }) =>
      workers.every(({ healthy }) => healthy),
    );
    assert.equal(state.server.serverId, client.server.serverId);
  });
});
