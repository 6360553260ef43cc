/** A newer version takes over from an older one while its workers go on; an older one never from a newer. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { CrewState } from '../../src/control/crew-state.ts';
import type { ControlClient } from '../../src/control/client-contract.ts';
import { readLease } from '../../src/control/lease.ts';
import { runtimeFolder } from '../../src/control/runtime-folder.ts';
import { isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { waitFor } from '../wait-for.ts';
import { buildVersion } from './build-version.ts';
import { TemporaryCrew } from './temporary-crew.ts';

const crewFile = 'pools: { tag: { command: python3 ledger.py, workers: 2, grace: 1s } }';

const worker = `
import os, time
import nightcrew

@nightcrew.task
def run(job, n):
    with open("ledger", "a") as ledger:
        ledger.write(f"{job.id}.{job.attempt}\\n")
    while not os.path.exists("go"):
        time.sleep(0.01)
    return n

nightcrew.run()
`;

const folder = mkdtempSync(join(tmpdir(), 'nightcrew-versions-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The same control version, a newer product. */
const newerProduct = await buildVersion({ product: '99.0.0', control: 1 }, join(folder, 'product'));
/** Cannot be spoken to, nor speak to this one. */
const newerControl = await buildVersion({ product: '100.0.0', control: 2 }, join(folder, 'control'));
/** Does not know how to drive this one's keeper. */
const newerWire = await buildVersion({ product: '101.0.0', control: 3, wire: 9 }, join(folder, 'wire'));

function makeCrew(): TemporaryCrew {
  const crew = TemporaryCrew.make(crewFile);
  writeFileSync(join(crew.workspace, 'ledger.py'), worker);
  return crew;
}

const ledger = (crew: TemporaryCrew): string[] =>
  existsSync(join(crew.workspace, 'ledger'))
    ? readFileSync(join(crew.workspace, 'ledger'), 'utf8').trim().split('\n')
    : [];

/** Two workers with a job each, and one job that waits. */
async function workingCrew(crew: TemporaryCrew): Promise<{ client: ControlClient; state: CrewState }> {
  const client = await crew.connect();
  await client.request('up', {});
  await client.request('enqueue', { pool: 'tag', source: { matrix: { n: [1, 2, 3] } } });
  await waitFor('two jobs to begin', () => ledger(crew).length === 2);
  return { client, state: await client.request('status', {}) };
}

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

function nightcrew(version: string, crew: TemporaryCrew, ...given: string[]): Promise<Outcome> {
  const options = { cwd: crew.workspace, env: crew.environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(version, 'cli.js'), ...given], options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

const processesOf = (state: CrewState): unknown[] =>
  state.workers.map(({ id, pid, launch, state: is }) => [id, pid, launch, is]);

describe('an upgrade', () => {
  it('takes over from a supervisor that cannot be spoken to: same keeper, same workers, each job once', async () => {
    await using crew = makeCrew();
    const { client, state: before } = await workingCrew(crew);
    const keeper = await crew.keeper();
    const older = (await crew.supervisor())!;
    const closed = new Promise<void>((resolve) => client.onClose(resolve));
    // Even a look is enough: there is a crew already, which goes on as it is.
    const { stdout, stderr } = await nightcrew(newerControl, crew, 'status', '--json');
    assert.equal(stderr, '');
    const state = JSON.parse(stdout) as CrewState;
    await closed;
    assert.equal(state.server.version, '100.0.0');
    assert.equal(await isAlive(older), false);
    assert.deepEqual(await crew.keeper(), keeper);
    assert.deepEqual(processesOf(state), processesOf(before));

    // The keeper brings up the newer one from now on, and a result that comes meanwhile is kept.
    await signalProcess((await crew.supervisor())!, 'SIGKILL');
    appendFileSync(join(crew.workspace, 'go'), '');
    const last = await untilDone(newerControl, crew, 3);
    assert.equal(last.server.version, '100.0.0');
    assert.deepEqual(processesOf(last), processesOf(before));
    assert.deepEqual(ledger(crew).sort(), ['1.1', '2.1', '3.1']);

    // An older face is refused with both numbers and drives nobody out.
    await assert.rejects(crew.connect(), /version 100\.0\.0 and speaks version 2 .* speaks version 1\b/);
    assert.equal(readLease(runtimeFolder(crew.workspace, crew.environment).leaseFile)?.version, '100.0.0');
    assert.equal((await nightcrew(newerControl, crew, 'down', '--abort', '--yes')).code, 0);
  });

  it('replaces an older product when something is started, not when somebody looks, and never the other way', async () => {
    await using crew = makeCrew();
    const { state: before } = await workingCrew(crew);
    const looked = JSON.parse((await nightcrew(newerProduct, crew, 'status', '--json')).stdout) as CrewState;
    assert.equal(looked.server.serverId, before.server.serverId);

    const up = await Promise.all([1, 2, 3].map(() => nightcrew(newerProduct, crew, 'up')));
    assert.deepEqual(
      up.map(({ code, stderr }) => [code, stderr]),
      up.map(() => [0, '']),
    );
    const face = await crew.connect();
    assert.equal(face.server.version, '99.0.0', 'the older face works with it');
    assert.equal(face.server.start.cause, 'handed-over');
    assert.deepEqual(processesOf(await face.request('status', {})), processesOf(before));
    writeFileSync(join(crew.workspace, 'go'), '');
    await crew.until(face, 'all jobs to be done', ({ pools }) => pools[0]?.counts.done === 3);
    assert.deepEqual(ledger(crew).sort(), ['1.1', '2.1', '3.1']);
  });

  it('is not tried where the keeper would not be understood', async () => {
    await using crew = makeCrew();
    const { client, state: before } = await workingCrew(crew);
    const { code, stderr } = await nightcrew(newerWire, crew, 'up');
    assert.notEqual(code, 0);
    assert.match(stderr, /keeper of this workspace \(process \d+\) speaks version 1 .*speaks 9 to 9/);
    assert.match(stderr, /nightcrew down/);
    const state = await client.request('status', {});
    assert.equal(state.server.serverId, before.server.serverId);
    assert.deepEqual(processesOf(state), processesOf(before));
  });
});

async function untilDone(version: string, crew: TemporaryCrew, done: number): Promise<CrewState> {
  let state: CrewState | undefined;
  await waitFor(`${done} jobs to be done`, async () => {
    const { code, stdout } = await nightcrew(version, crew, 'status', '--json');
    if (code === 0) state = JSON.parse(stdout) as CrewState;
    return state?.pools[0]?.counts.done === done;
  });
  return state!;
}
