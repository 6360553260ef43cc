/** Real disks that are full or read-only while real jobs run: nothing is acknowledged, nothing is lost, work resumes. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import type { Notice } from '../../src/control/api.ts';
import { ControlError, ControlErrorCode } from '../../src/control/control-error.ts';
import type { ControlClient } from '../../src/control/client-contract.ts';
import { isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { noFailingDisk, SmallDisk, unavailable } from '../small-disk.ts';
import { waitFor } from '../wait-for.ts';
import { TemporaryCrew } from './temporary-crew.ts';

/** What the jobs write stands on another disk, where the product has no part in it. */
const worker = `
import os, sys, time
import nightcrew

FOLDER = os.environ["LEDGER_FOLDER"]

def write(line):
    with open(os.path.join(FOLDER, "ledger"), "a") as ledger:
        ledger.write(line + "\\n")

@nightcrew.task
def run(job, n, pad=None):
    write(f"begin {job.id}.{job.attempt}")
    while not os.path.exists(os.path.join(FOLDER, f"go-{n}")):
        job.progress(0.5, "x" * 100)
        print("log line", file=sys.stderr, flush=True)
        job.raise_if_cancelled()
        time.sleep(0.01)
    write(f"end {job.id}.{job.attempt}")
    return {"answer": n, "pad": "x" * 10_000}

nightcrew.run()
`;

class Scene {
  readonly crew: TemporaryCrew;
  readonly notices: Notice[] = [];
  client!: ControlClient;

  constructor(disk: SmallDisk, workers: number) {
    this.crew = TemporaryCrew.make('', disk.folder);
    this.crew.writeCrewFile(
      `pools: { calc: { command: python3 calc.py, workers: ${workers}, grace: 1s, env: { LEDGER_FOLDER: ${this.#aside} } } }`,
    );
    writeFileSync(join(this.crew.workspace, 'calc.py'), worker);
  }

  /** Workers that run a job each, and jobs that wait. */
  async begin(jobs: number, workers: number): Promise<void> {
    await this.connect();
    await this.client.request('up', {});
    await this.client.request('enqueue', { pool: 'calc', source: { matrix: { n: `1..${jobs}` } } });
    await waitFor('the workers to begin', () => this.ledger('begin').length === workers);
  }

  async connect(): Promise<void> {
    this.client = await this.crew.connect();
    this.client.on('notice', (notice) => this.notices.push(notice));
    await this.client.request('subscribe', {});
  }

  /** Resolves when the keeper has brought up another. */
  async killSupervisor(): Promise<void> {
    const before = (await this.crew.supervisor())!;
    await signalProcess(before, 'SIGKILL');
    await waitFor('another supervisor', async () => {
      const now = await this.crew.supervisor();
      return now !== undefined && now.pid !== before.pid && (await isAlive(now));
    });
  }

  release(...numbers: number[]): void {
    for (const n of numbers) writeFileSync(join(this.#aside, `go-${n}`), '');
  }

  ledger(word: string): string[] {
    const file = join(this.#aside, 'ledger');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    return lines.filter((line) => line.startsWith(word)).map((line) => line.split(' ')[1]!);
  }

  /** What is asked for is refused for the disk's sake, in these words. */
  async refused(request: Promise<unknown>, words: RegExp): Promise<void> {
    await assert.rejects(request, (error) => {
      assert.ok(error instanceof ControlError);
      assert.equal(error.code, ControlErrorCode.storage, error.message);
      assert.match(error.message, words);
      assert.ok(error.nextStep && error.place);
      return true;
    });
  }

  /** More than what the journal's last page may still have room for. */
  enqueueOne(n: number): Promise<unknown> {
    const parameters = { n, pad: 'x'.repeat(10_000) };
    return this.client.request('enqueue', { pool: 'calc', source: { parameters } });
  }

  counts(): Promise<Record<string, number>> {
    return this.client.request('status', {}).then(({ pools }) => ({ ...pools[0]!.counts }));
  }

  get #aside(): string {
    return dirname(this.crew.runtime);
  }
}

const FULL = /is full: .* free, .* needed/;

describe('a disk that is full', { skip: unavailable }, () => {
  it('gets no acknowledgement and no claim out of the crew, loses nothing, and work resumes by itself', async () => {
    using disk = SmallDisk.mount(8);
    const scene = new Scene(disk, 2);
    await using crew = scene.crew;
    await scene.begin(6, 2);
    disk.fill();

    await scene.refused(scene.enqueueOne(7), FULL);
    await scene.refused(scene.client.request('add', { pool: 'calc', count: 1 }), FULL);
    await scene.refused(scene.client.request('pause', { select: { all: true }, paused: true }), FULL);
    await scene.refused(scene.client.request('down', { mode: 'drain' }), FULL);
    const { troubles, workers } = await scene.client.request('status', {});
    assert.deepEqual(
      troubles.map(({ kind }) => kind),
      ['storage'],
    );
    assert.match(troubles[0]!.message, FULL);
    assert.equal(workers.length, 2);

    // The jobs that run go on; one ends well, the other is cancelled, and no other begins.
    scene.release(1);
    const cancelled = await scene.client.request('cancel', { jobs: [2] });
    assert.equal(cancelled.outcomes[0]!.ok, true);
    const pending = await scene.client.request('cancel', { jobs: [3] });
    assert.match(pending.outcomes[0]!.message, FULL);
    await crew.until(scene.client, 'both to end', ({ pools }) => pools[0]!.counts.running === 0);
    await scene.refused(scene.enqueueOne(8), FULL);
    assert.deepEqual(await scene.counts(), { pending: 4, running: 0, done: 1, failed: 0, cancelled: 1 });
    assert.equal(scene.ledger('begin').length, 2);

    scene.release(3, 4, 5, 6);
    disk.free();
    await crew.until(scene.client, 'the rest to be done', ({ pools }) => pools[0]!.counts.done === 5);
    assert.deepEqual((await scene.client.request('status', {})).troubles, []);
    await waitFor('both notices', () => scene.notices.length >= 2);
    assert.deepEqual(
      scene.notices.map(({ severity }) => severity),
      ['error', 'info'],
    );

    // What was refused does not come back, neither now nor with a successor.
    await scene.killSupervisor();
    await scene.connect();
    assert.deepEqual(await scene.counts(), { pending: 0, running: 0, done: 5, failed: 0, cancelled: 1 });
    const { jobs } = await scene.client.request('jobs', {});
    assert.deepEqual(
      jobs.map(({ attempts }) => attempts),
      [1, 1, 1, 1, 1, 1],
    );
    assert.equal(new Set(scene.ledger('begin')).size, scene.ledger('begin').length);
  });

  it('lets a crew that is drained go home only when what its last jobs brought is saved', async () => {
    using disk = SmallDisk.mount(8);
    const scene = new Scene(disk, 1);
    await using crew = scene.crew;
    await scene.begin(1, 1);
    const down = scene.client.request('down', { mode: 'drain' });
    await crew.until(scene.client, 'the drain', ({ workers }) => workers[0]!.state === 'DRAINING');
    disk.fill();
    await scene.refused(scene.enqueueOne(2), FULL);
    scene.release(1);
    await crew.until(scene.client, 'the worker to end', ({ workers }) => workers[0]!.state === 'DEAD');
    await waitFor('the word that it waits', () =>
      scene.notices.some(({ message }) => message.includes('What they did last waits to be saved')),
    );
    assert.deepEqual((await scene.counts())['done'], 1);

    disk.free();
    assert.equal((await down).ended, true);
    await waitFor('the supervisor to leave', async () => (await crew.connectOnly()) === undefined);
    await scene.connect();
    assert.deepEqual(await scene.counts(), { pending: 0, running: 0, done: 1, failed: 0, cancelled: 0 });
    assert.deepEqual(scene.ledger('begin'), ['1.1'], 'it was not run again');
  });

  it('does not keep a successor from coming up and taking the results that wait', async () => {
    using disk = SmallDisk.mount(8);
    const scene = new Scene(disk, 2);
    await using crew = scene.crew;
    await scene.begin(3, 2);
    disk.fill();
    await scene.refused(scene.enqueueOne(4), FULL);
    scene.release(1);
    await crew.until(scene.client, 'a result that waits', ({ pools }) => pools[0]!.counts.done === 1);

    await scene.killSupervisor();
    await scene.connect();
    const state = await crew.until(
      scene.client,
      'the result to be heard again, and the trouble to be seen',
      ({ pools, troubles }) => pools[0]!.counts.done === 1 && troubles.length === 1,
    );
    assert.match(state.troubles[0]!.message, FULL);
    await scene.refused(scene.enqueueOne(5), FULL);

    scene.release(2, 3);
    disk.free();
    await crew.until(scene.client, 'all to be done', ({ pools }) => pools[0]!.counts.done === 3);
    assert.deepEqual(scene.ledger('begin').sort(), ['1.1', '2.1', '3.1'], 'none was run twice');
  });
});

describe('a disk that turns read-only', { skip: noFailingDisk }, () => {
  it('stops what needs it and not the jobs that run; after its repair the queue is as it was', async () => {
    using disk = SmallDisk.mountFailing(32);
    const scene = new Scene(disk, 1);
    await using crew = scene.crew;
    await scene.begin(2, 1);
    // What was recorded is brought to the disk: a flush that fails would end the supervisor before it is asked for anything.
    await scene.client.request('pause', { select: { all: true }, paused: false });
    // The crew's script is the test's.
    disk.flush();
    disk.turnReadOnly();
    await scene.refused(scene.enqueueOne(3), /has become read-only/);
    scene.release(1);
    await waitFor('the running job to end', () => scene.ledger('end').length === 1);
    await crew.until(scene.client, 'its end to be heard', ({ pools }) => pools[0]!.counts.running === 0);
    assert.deepEqual(scene.ledger('begin'), ['1.1']);

    const closed = new Promise<void>((resolve) => scene.client.onClose(resolve));
    await scene.client.request('down', { mode: 'abort' });
    await closed;
    await assert.rejects(crew.connect(), (error) => {
      assert.ok(error instanceof ControlError);
      assert.equal(error.code, ControlErrorCode.storage);
      assert.match(`${error.message} ${error.nextStep}`, /mounted read-only/);
      return true;
    });
    await waitFor('the disk to be let go of', () => {
      try {
        disk.repair();
        return true;
      } catch {
        return false;
      }
    });
    scene.release(2);
    await scene.connect();
    await scene.client.request('up', {});
    await crew.until(scene.client, 'both to be done', ({ pools }) => pools[0]!.counts.done === 2);
    assert.deepEqual((await scene.client.request('status', {})).troubles, []);
  });
});
