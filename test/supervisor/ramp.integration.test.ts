/** A ramp with real processes: it goes on over SIGKILL of the supervisor, and goes back at the first crash. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { CrewState } from '../../src/control/crew-state.ts';
import type { RampView } from '../../src/control/ramp-view.ts';
import { signalProcess } from '../../src/keeper/process-identity.ts';
import { waitFor } from '../wait-for.ts';
import { TemporaryCrew, workerOf } from './temporary-crew.ts';

const crewFile = `
pools:
  py:
    command: python3 tasks.py
    attempts: 1
    ramp: [{ workers: 2, soak: 1.5s }, { workers: 3, soak: 1h }]
`;

const rampOf = ({ pools }: CrewState): RampView => pools[0]!.ramp!;

describe('a ramp', () => {
  it('goes on over SIGKILL of the supervisor, and goes back to one worker with a report', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    let client = await crew.connect();
    const file = join(crew.workspace, 'enough');
    await client.request('enqueue', {
      pool: 'py',
      task: 'wait',
      source: { matrix: { seconds: [3600, 3601] }, base: { file } },
    });
    const { ramp } = await client.request('ramp', { action: 'start', pool: 'py' });
    assert.equal(ramp.text, 'step 1 of 2: 2 workers, 0 s of 1.5 s');
    const soaking = await crew.until(client, 'some soak', (state) => rampOf(state).soaked > 0);
    const before = soaking.workers.slice(0, 2).map(({ pid }) => pid);
    const { soaked } = rampOf(soaking);
    await signalProcess((await crew.supervisor())!, 'SIGKILL');
    client = await crew.connect();
    const after = rampOf(await client.request('status', {}));
    // Recorded with every look at such a soak: it is not begun anew, and time without a supervisor is no soak.
    assert.ok(
      after.step === 1 || (after.soaked > 0 && after.soaked <= soaked + 1),
      `${after.soaked} of ${soaked}`,
    );

    const stepped = await crew.until(
      client,
      'the next step',
      (state) => state.workers.every(({ state: is }) => is === 'RUNNING') && rampOf(state).step === 1,
    );
    assert.deepEqual(
      stepped.workers.map(({ id }) => id),
      ['py-1', 'py-2', 'py-3'],
    );
    assert.deepEqual(
      stepped.workers.slice(0, 2).map(({ pid }) => pid),
      before,
    );

    await client.request('enqueue', { pool: 'py', task: 'crash', source: { parameters: {} } });
    const back = await crew.until(client, 'the rollback', (state) => rampOf(state).state === 'rolled-back');
    assert.match(
      rampOf(back).reason,
      /^a job was interrupted, its process ended under it \(job 3, attempt 1, on py-3\)/,
    );
    assert.deepEqual(
      ['py-1', 'py-2', 'py-3'].map((id) => [workerOf(back, id).state, workerOf(back, id).job !== undefined]),
      [
        ['RUNNING', true],
        ['DRAINING', true],
        ['FAILED', false],
      ],
    );
    assert.equal(back.pools[0]!.wanted, 1);
    writeFileSync(file, '');
    const ended = await crew.until(
      client,
      'the other to finish its job',
      (state) => workerOf(state, 'py-2').state === 'DEAD',
    );
    assert.equal(ended.pools[0]!.counts.done, 2);

    const folder = rampOf(back).incident!;
    await waitFor('the report', () => readdirSync(join(folder, '..')).includes(folder.split('/').at(-1)!));
    assert.deepEqual(readdirSync(folder).sort(), ['events.jsonl', 'figures.json', 'logs', 'report.md']);
    const report = readFileSync(join(folder, 'report.md'), 'utf8');
    assert.match(report, /\*\*interrupted\*\*: a job was interrupted/);
    assert.match(report, /\| py-2 \| RUNNING \| \d+ \|/);
    assert.match(readFileSync(join(folder, 'logs', 'worker_py-3.log'), 'utf8'), /about to crash/);
    const events = readFileSync(join(folder, 'events.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.ok(events.some(({ type, outcome }) => type === 'attempt' && outcome === 'crashed'));
    assert.ok(events.some(({ type, state }) => type === 'ramp' && state === 'rolled-back'));
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    assert.equal(statSync(join(folder, 'report.md')).mode & 0o777, 0o600);
  });
});
