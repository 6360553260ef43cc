/** The command line in a folder with a state that it must not touch, or only look at. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { JOURNAL_VERSION } from '../../src/store/journal-format.ts';
import { isLive } from '../../src/core/worker-state.ts';
import { isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { TemporaryCrew } from '../supervisor/temporary-crew.ts';
import { waitFor } from '../wait-for.ts';
import { runCli } from './cli-process.ts';

const CREW = 'pools: { tag: { command: python3 tasks.py, workers: 1 } }';

describe('a state folder of a newer version', () => {
  it('is refused with both numbers and left as it is', async () => {
    await using crew = TemporaryCrew.make(CREW);
    const journal = join(crew.workspace, '.nightcrew', 'journal');
    mkdirSync(journal, { recursive: true });
    const text = `nightcrew-journal ${JOURNAL_VERSION.major}.99\n00000000 {"s":1,"n":1}\n`;
    writeFileSync(join(journal, '0000000000000001.log'), text);
    const { exitCode, stdout, stderr } = await runCli(crew, 'up');
    assert.notEqual(exitCode, 0);
    assert.equal(stdout, '');
    const ours = `${JOURNAL_VERSION.major}.${JOURNAL_VERSION.minor}`;
    assert.ok(stderr.includes(`version ${JOURNAL_VERSION.major}.99`), stderr);
    assert.ok(stderr.includes(ours), stderr);
    assert.match(stderr, /0000000000000001\.log/);
    assert.match(stderr, /Update Nightcrew/);
    assert.deepEqual(readdirSync(journal), ['0000000000000001.log']);
    assert.equal(readFileSync(join(journal, '0000000000000001.log'), 'utf8'), text);
    assert.equal(await crew.connectOnly(), undefined);
  });
});

describe('a look at a crew that was lost', () => {
  it('starts no worker again', async () => {
    await using crew = TemporaryCrew.make(CREW);
    const client = await crew.connect();
    await client.request('up', {});
    await crew.until(client, 'the worker to register', ({ workers }) => workers[0]?.state === 'RUNNING');
    const processes = [(await crew.keeper())!, (await crew.supervisor())!];
    await signalProcess(processes[0]!, 'SIGSTOP');
    for (const identity of processes.toReversed()) await signalProcess(identity, 'SIGKILL');
    for (const identity of processes) {
      await waitFor('the processes to be gone', async () => !(await isAlive(identity)));
    }
    for (const command of ['status', 'jobs', 'batches']) {
      const { exitCode, stderr } = await runCli(crew, command);
      assert.notEqual(exitCode, 0);
      assert.match(stderr, /No supervisor is running/);
    }
    assert.equal(await crew.connectOnly(), undefined);

    const { exitCode, stdout, stderr } = await runCli(crew, 'up --no-workers');
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /with 0 workers/);
    const again = await crew.connect();
    const state = await again.request('status', {});
    assert.equal(state.wanted, false);
    assert.ok(!state.workers.some((worker) => isLive(worker.state)));
  });
});
