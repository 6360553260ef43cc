import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { ErrorCode, Method } from '../../src/protocol/generated/messages.ts';
import { WorkerPeer } from './worker-peer.ts';

const readme = new URL('../../protocol/README.md', import.meta.url);
const nodeSdks = new URL('../../protocol/node', import.meta.url).pathname;

describe('the workers in the README', { timeout: 120_000 }, () => {
  let folder: string;
  let worker: WorkerPeer | undefined;

  /** Starts the program of the README's `index`-th code block in this language. */
  async function start(language: string, index: number, program: string, file: string): Promise<WorkerPeer> {
    const text = await readFile(readme, 'utf8');
    const blocks = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))];
    await writeFile(join(folder, file), blocks[index]![1]!);
    worker = new WorkerPeer(
      [program, join(folder, file)],
      { heartbeatInterval: 0.05 },
      { NODE_PATH: nodeSdks },
    );
    await worker.initialized;
    return worker;
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'readme-test-'));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  afterEach(async () => {
    await worker?.dispose();
    worker = undefined;
  });

  const parameters = { beta: 0.2, gamma: 0.1, seed: 7 };

  it('runs the one in ten lines of Python', async () => {
    const peer = await start('python', 0, 'python3', 'simulate.py');
    assert.deepEqual(await peer.run('simulate', parameters), { peak: 2 });
  });

  it('runs the one in ten lines of JavaScript', async () => {
    const peer = await start('js', 0, process.execPath, 'simulate.cjs');
    assert.deepEqual(await peer.run('simulate', parameters), { peak: 2 });
  });

  it('runs the one without an SDK', async () => {
    const peer = await start('python', 1, 'python3', 'square.py');
    assert.equal(await peer.run('square', { x: 7 }), 49);
    await assert.rejects(peer.run('square', { x: 'seven' }), { code: ErrorCode.jobFailed });
    assert.deepEqual(await peer.connection.sendRequest(Method.workerPing, {}), {});
    await peer.notification(Method.workerHeartbeat);
    await peer.shutDown();
    assert.deepEqual(await peer.exit(), { code: 0, signal: null });
  });

  it('ends the one without an SDK with its stdin', async () => {
    const peer = await start('python', 1, 'python3', 'square.py');
    peer.process.stdin.end();
    assert.deepEqual(await peer.exit(), { code: 0, signal: null });
  });
});
