/** Workers for which there is no room: a real memory limit and a real hog, GPUs that a false nvidia-smi names, cores. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { WorkerOutcome } from '../../src/control/selection.ts';
import type { ControlClient } from '../../src/control/client-contract.ts';
import { signalProcess } from '../../src/keeper/process-identity.ts';
import { waitFor } from '../wait-for.ts';
import { TemporaryCrew, workerOf } from './temporary-crew.ts';

const MIB = 2 ** 20;
const LIMIT = 1200 * MIB;

const reasonOf = ({ refusal }: WorkerOutcome): string => refusal?.reasons.join('; ') ?? '';

/** The lines of the audit log, once it has `count`. */
async function audited(crew: TemporaryCrew, count: number): Promise<Record<string, unknown>[]> {
  const read = (): Record<string, unknown>[] =>
    readFileSync(join(crew.workspace, '.nightcrew', 'audit.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  await waitFor('the audit log', () => read().length >= count);
  return read();
}

/** A group of processes with a limit of memory, in version 1 or 2; undefined where none can be made. */
class LimitedGroup {
  readonly folder: string;
  readonly #before: string;

  private constructor(folder: string, before: string) {
    this.folder = folder;
    this.#before = before;
  }

  static make(): LimitedGroup | string {
    const own = process.platform === 'linux' ? readFileSync('/proc/self/cgroup', 'utf8').split('\n') : [];
    const versions = [
      { name: /^\d+:memory:(.*)$/, root: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes' },
      { name: /^0::(.*)$/, root: '/sys/fs/cgroup', limit: 'memory.max' },
    ];
    let problem = 'no control group for memory';
    for (const { name, root, limit } of versions) {
      const path = own.map((line) => name.exec(line)?.[1]).find((found) => found !== undefined);
      if (path === undefined) continue;
      const folder = join(root, `nightcrew-test-${process.pid}`);
      try {
        mkdirSync(folder);
        writeFileSync(join(folder, limit), String(LIMIT));
        return new LimitedGroup(folder, join(root, path));
      } catch (error) {
        problem = (error as Error).message;
        try {
          rmdirSync(folder);
        } catch {
          // It was not made.
        }
      }
    }
    return problem;
  }

  /** What is started meanwhile is in the group. */
  async around<T>(action: () => Promise<T>): Promise<T> {
    const move = (folder: string): void => writeFileSync(join(folder, 'cgroup.procs'), String(process.pid));
    move(this.folder);
    try {
      return await action();
    } finally {
      move(this.#before);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await waitFor('the group to be empty', () => {
      try {
        rmdirSync(this.folder);
        return true;
      } catch {
        return false;
      }
    });
  }
}

describe('admission', () => {
  it('goes by a real limit of memory and the measured peak of a hog, also after a restart', async (test) => {
    const made = LimitedGroup.make();
    if (typeof made === 'string') return test.skip(`no control group can be made: ${made}`);
    await using group = made;
    await using crew = TemporaryCrew.make(`
pools:
  hog:
    command: python3 hog.py
    workers: 1
batches:
  large: { pool: hog, task: hold, jobs: [{ megabytes: 640 }] }
`);
    writeFileSync(
      join(crew.workspace, 'hog.py'),
      `import nightcrew, time, os
held = []
@nightcrew.task
def hold(job, megabytes):
    held.append(b"x" * (megabytes * 1024 * 1024))
    while not os.path.exists("go-on"):
        time.sleep(0.02)
    return len(held)
nightcrew.run()
`,
    );
    const client = await group.around(() => crew.connect());
    const { machine } = await client.request('status', {});
    assert.equal(machine.memoryTotal, LIMIT);
    await client.request('enqueueBatches', {});
    await client.request('up', {});
    await waitFor('the hog to hold its memory', async () => {
      // Looks at the processes now, as a face that is open has it done every two seconds.
      await client.request('health', { select: { all: true } });
      const state = await client.request('status', {});
      return (workerOf(state, 'hog-1').memory ?? 0) > 640 * MIB;
    });
    const { outcomes } = await client.request('add', { pool: 'hog', count: 1 });
    assert.equal(outcomes[0]!.ok, false);
    assert.match(
      reasonOf(outcomes[0]!),
      /^needs about [67]\d\d MB \(the most measured so far, in task hold\), \d+ MB free/,
    );
    assert.deepEqual(
      (await client.request('status', {})).workers.map(({ id }) => id),
      ['hog-1'],
    );

    // A second hog would be killed; a person may have it all the same.
    await signalProcess((await crew.supervisor())!, 'SIGKILL');
    const second = await group.around(async () => {
      let found: ControlClient | undefined;
      await waitFor('the next supervisor', async () => (found = await crew.connectOnly()) !== undefined);
      return found!;
    });
    await crew.until(second, 'the hog to be back', (state) => workerOf(state, 'hog-1').state === 'RUNNING');
    const again = await second.request('add', { pool: 'hog', count: 1 });
    assert.match(
      reasonOf(again.outcomes[0]!),
      /needs about [67]\d\d MB \(the most measured so far, in task hold\)/,
    );
    const forced = await second.request('add', { pool: 'hog', count: 1, force: true });
    assert.equal(forced.outcomes[0]!.ok, true);
    assert.match(forced.outcomes[0]!.message, /^started as process \d+, although it needs about/);
    writeFileSync(join(crew.workspace, 'go-on'), '');
    await crew.until(second, 'the job to end', ({ pools }) => pools[0]!.counts.done === 1);
    const lines = await audited(crew, 5);
    assert.deepEqual(
      lines.map(({ face, operation, force }) => [face, operation, force]),
      [
        ['test', 'enqueueBatches', undefined],
        ['test', 'up', undefined],
        ['test', 'add', undefined],
        ['test', 'add', undefined],
        ['test', 'add', true],
      ],
    );
    assert.match(JSON.stringify(lines[4]), /although it needs about/);
  });

  it('gives each worker its own GPU, the same again, and starts who waits when one is free', async () => {
    await using crew = TemporaryCrew.make(`
pools:
  train:
    command: python3 train.py
    workers: 3
    memory: 50MB
    cpus: 0.1
    gpus: 1
    env: { PLACE: here }
`);
    const programs = join(crew.workspace, 'bin');
    mkdirSync(programs);
    writeFileSync(join(programs, 'nvidia-smi'), '#!/bin/sh\necho "0, GPU-a"; echo "1, GPU-b"\n');
    chmodSync(join(programs, 'nvidia-smi'), 0o755);
    writeFileSync(
      join(crew.workspace, 'train.py'),
      `import nightcrew, os
@nightcrew.task
def run(job):
    return os.environ["CUDA_VISIBLE_DEVICES"]
print("shown", os.environ["CUDA_VISIBLE_DEVICES"], os.environ["CUDA_DEVICE_ORDER"])
nightcrew.run()
`,
    );
    const path = process.env['PATH'];
    process.env['PATH'] = `${programs}:${path}`;
    const client = await crew.connect().finally(() => (process.env['PATH'] = path));
    const { started } = await client.request('up', {});
    assert.deepEqual(
      started.map(({ worker, ok }) => [worker, ok]),
      [
        ['train-1', true],
        ['train-2', true],
        ['train-3', false],
      ],
    );
    assert.equal(reasonOf(started[2]!), 'needs 1 GPU, 0 of 2 free');
    const state = await crew.until(client, 'both to register', ({ workers }) =>
      ['train-1', 'train-2'].every((id) => workers.find((worker) => worker.id === id)?.state === 'RUNNING'),
    );
    assert.deepEqual(
      state.troubles.map(({ kind }) => kind),
      ['room'],
    );
    assert.match(state.troubles[0]!.message, /^train-3 waits for room: it needs 1 GPU, 0 of 2 free/);
    assert.deepEqual(
      state.workers.map(({ id, devices }) => [id, devices]),
      [
        ['train-1', ['0']],
        ['train-2', ['1']],
        ['train-3', undefined],
      ],
    );
    assert.match(crew.log('train-2'), /shown 1 PCI_BUS_ID/);

    await client.request('restart', { select: { workers: ['train-2'] } });
    await crew.until(client, 'train-2 to be back', (now) => {
      const { launch, state } = workerOf(now, 'train-2');
      return launch === 2 && state === 'RUNNING';
    });
    const { outcomes } = await client.request('add', { pool: 'train', count: 1, force: true });
    assert.equal(outcomes[0]!.ok, true);
    const now = await client.request('status', {});
    assert.deepEqual(workerOf(now, 'train-2').devices, ['1']);

    await client.request('abort', { select: { workers: ['train-1', outcomes[0]!.worker] } });
    const freed = await crew.until(
      client,
      'train-3 to get its GPU',
      (later) => workerOf(later, 'train-3').state === 'RUNNING' && later.troubles.length === 0,
    );
    assert.deepEqual(workerOf(freed, 'train-3').devices, ['0']);
  });
});
