import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { build } from 'esbuild';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { ErrorCode, Method } from '../../src/protocol/generated/messages.ts';
import { failureOf } from '../protocol/sdk-workers.ts';
import { waitFor } from '../wait-for.ts';
import { WorkerPeer } from '../protocol/worker-peer.ts';

const main = new URL('../../src/command-worker/main.ts', import.meta.url).pathname;

/** Whether the process is there and no zombie. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined);
  return stat !== undefined && !/\) Z /.test(stat);
}

describe('the command worker', { timeout: 120_000 }, () => {
  let folder: string;
  let worker: WorkerPeer | undefined;

  /** Starts a worker for this command; its jobs' folders go to `folder`. */
  async function start(...command: string[]): Promise<WorkerPeer> {
    return startFrom([main], command);
  }

  async function startFrom(entry: string[], command: string[], name?: string): Promise<WorkerPeer> {
    const environment = {
      TMPDIR: folder,
      ...(name && { NIGHTCREW_WORKER_ID: name }),
    };
    worker = new WorkerPeer([process.execPath, ...entry, '--', ...command], {}, environment);
    await worker.initialized;
    return worker;
  }

  /** A program for Node.js as a command. */
  function script(code: string, ...arguments_: string[]): string[] {
    return [process.execPath, '-e', code, '--', ...arguments_];
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'command-worker-test-'));
  });

  afterEach(async () => {
    await worker?.dispose();
    worker = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  it('offers one task, named after its command', async () => {
    const { initializeParams } = await start('/bin/echo', '{site}');
    assert.equal(initializeParams!.worker.name, 'echo');
    assert.deepEqual(initializeParams!.tasks, [{ name: 'run', description: '/bin/echo {site}' }]);
  });

  it('fills in parameters and answers with the output', async () => {
    const peer = await start('echo', '--site={site}', '{n}');
    assert.deepEqual(await peer.run('run', { site: 'Zürich $(id) "x"', n: 3 }), {
      exitCode: 0,
      output: '--site=Zürich $(id) "x" 3\n',
    });
  });

  it('keeps the last 2,000 characters of the output, and logs all of it', async () => {
    const peer = await start(...script("process.stdout.write('x'.repeat(5000) + 'end')"));
    const { output } = (await peer.run('run')) as { output: string };
    assert.equal(output, 'x'.repeat(1997) + 'end');
    await peer.logged(/x{5000}end/);
  });

  it('tells the command about its job by variables and files', async () => {
    const peer = await start(
      ...script(`
        const { readFileSync, statSync, writeFileSync } = require('fs');
        const env = process.env;
        writeFileSync(env.NIGHTCREW_RESULT_FILE, JSON.stringify({
          site: env.NIGHTCREW_PARAM_SITE_NAME,
          list: env.NIGHTCREW_PARAM_LIST,
          large: env.NIGHTCREW_PARAM_LARGE ?? null,
          parameters: JSON.parse(readFileSync(env.NIGHTCREW_PARAMETERS_FILE)),
          mode: (statSync(env.NIGHTCREW_PARAMETERS_FILE).mode & 0o777).toString(8),
          checkpoint: JSON.parse(readFileSync(env.NIGHTCREW_CHECKPOINT_FILE)),
          job: [env.NIGHTCREW_JOB_ID, env.NIGHTCREW_ATTEMPT],
          worker: env.NIGHTCREW_WORKER_ID,
          token: env.NIGHTCREW_TOKEN ?? null,
        }));
      `),
    );
    const parameters = { 'site-name': 'west', list: [1, 2], large: 'x'.repeat(200_000) };
    const result = await peer.run('run', parameters, { jobId: 12, attempt: 3, checkpoint: { day: 50 } });
    assert.deepEqual(result, {
      site: 'west',
      list: '[1,2]',
      large: null,
      parameters,
      mode: '600',
      checkpoint: { day: 50 },
      job: ['12', '3'],
      worker: 'tests-1',
      token: null,
    });
    assert.deepEqual(await readdir(folder), []);
  });

  it('has no checkpoint file without a checkpoint', async () => {
    const peer = await start('sh', '-c', 'echo "${NIGHTCREW_CHECKPOINT_FILE-none}"');
    assert.deepEqual(await peer.run('run'), { exitCode: 0, output: 'none\n' });
  });

  it('answers an exit code with the end of stderr', async () => {
    const peer = await start('sh', '-c', 'echo progress; echo "Error in calibrate(): no data" >&2; exit 3');
    const { code, data } = await failureOf(peer.run('run'));
    assert.equal(code, ErrorCode.jobFailed);
    assert.deepEqual(data, {
      type: 'exit code 3',
      message: 'sh ended with exit code 3',
      traceback: 'Error in calibrate(): no data\n',
    });
    assert.deepEqual(await readdir(folder), []);
  });

  it('answers a signal', async () => {
    const peer = await start('sh', '-c', 'kill -SEGV $$');
    assert.equal((await failureOf(peer.run('run'))).data['type'], 'signal SIGSEGV');
  });

  it('names a command that is not there', async () => {
    const peer = await start('calibrat', '--site', '{site}');
    const { data } = await failureOf(peer.run('run', { site: 'a' }));
    assert.equal(data['type'], 'command not found');
    assert.match(data['message'] as string, /calibrat/);
    assert.equal((await failureOf(peer.run('run', { site: 'b' }))).data['type'], 'command not found');
  });

  it('names a placeholder without a parameter, and the parameters', async () => {
    const peer = await start('echo', '{site}', '{seed}');
    const failure = await failureOf(peer.run('run', { sites: 1, seed: 2 }));
    assert.equal(failure.code, ErrorCode.parametersInvalid);
    assert.match(failure.message, /\{site\}.*sites, seed/);
    assert.deepEqual(failure.data, { missing: ['site'], unexpected: [] });
  });

  it('answers a result file that is no JSON', async () => {
    const peer = await start('sh', '-c', 'echo "peak: 0.3" > "$NIGHTCREW_RESULT_FILE"');
    const { data } = await failureOf(peer.run('run'));
    assert.equal(data['type'], 'result invalid');
    assert.equal(data['traceback'], 'peak: 0.3\n');
  });

  it('does not wait for what the command left running', async () => {
    const peer = await start('sh', '-c', 'sleep 600 & echo $!');
    const { output } = (await peer.run('run')) as { output: string };
    await waitFor('its end', async () => !(await isAlive(Number(output))));
  });

  const endless = script(`
    const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    console.log('computing', process.pid, child.pid);
    setInterval(() => {}, 1000);
  `);

  /** The processes of `endless`, once it computes. */
  async function processesOf(peer: WorkerPeer): Promise<number[]> {
    await peer.logged(/computing \d+ \d+\n/);
    return /computing (\d+) (\d+)/.exec(peer.log)!.slice(1).map(Number);
  }

  it('ends the whole group of a job that is cancelled', async () => {
    const peer = await start(...endless);
    const source = new CancellationTokenSource();
    const answer = failureOf(peer.run('run', {}, { cancellation: source.token }));
    const processes = await processesOf(peer);
    source.cancel();
    assert.equal((await answer).code, ErrorCode.jobCancelled);
    for (const pid of processes) await waitFor('their end', async () => !(await isAlive(pid)));
  });

  it('ends the whole group, and removes its files, when its stdin ends', async () => {
    const peer = await start(...endless);
    peer.run('run').catch(() => {});
    const processes = await processesOf(peer);
    assert.equal((await readdir(folder)).length, 1);
    peer.process.stdin.end();
    await peer.exit();
    for (const pid of processes) await waitFor('their end', async () => !(await isAlive(pid)));
    assert.deepEqual(await readdir(folder), []);
  });

  it('removes what an earlier launch of the same worker left when it was killed, and nothing else', async () => {
    for (const name of ['run-1', 'run-2']) {
      const killed = await startFrom([main], endless, name);
      killed.run('run').catch(() => {});
      const [group] = await processesOf(killed);
      killed.process.kill('SIGKILL');
      await killed.exit();
      process.kill(-group!, 'SIGKILL');
    }
    const ofBoth = await readdir(folder);
    assert.equal(ofBoth.length, 2);
    const again = await startFrom([main], endless, 'run-2');
    await again.shutDown();
    const left = await readdir(folder);
    assert.equal(left.length, 1);
    assert.ok(ofBoth.includes(left[0]!));
  });

  it('passes SIGTERM on and ends', async () => {
    const peer = await start(...endless);
    peer.run('run').catch(() => {});
    const processes = await processesOf(peer);
    peer.process.kill('SIGTERM');
    assert.deepEqual(await peer.exit(), { code: 143, signal: null });
    for (const pid of processes) await waitFor('their end', async () => !(await isAlive(pid)));
  });

  it('answers a ping while a command runs', async () => {
    const peer = await start(...endless);
    peer.run('run').catch(() => {});
    await processesOf(peer);
    assert.deepEqual(await peer.connection.sendRequest(Method.workerPing, {}), {});
  });

  for (const minify of [false, true]) {
    it(`works as a bundle${minify ? ', minified' : ''}`, async () => {
      const outfile = join(folder, 'command-worker.mjs');
      const requireBanner =
        "import { createRequire as nodeRequire } from 'node:module'; const require = nodeRequire(import.meta.url);";
      await build({
        entryPoints: [main],
        outfile,
        bundle: true,
        platform: 'node',
        target: 'node22',
        format: 'esm',
        minify,
        banner: { js: requireBanner },
        logLevel: 'silent',
      });
      assert.ok(existsSync(outfile));
      await writeFile(join(folder, 'package.json'), '{}');
      const peer = await startFrom([outfile], ['echo', '{site}']);
      assert.deepEqual(await peer.run('run', { site: 'a' }), { exitCode: 0, output: 'a\n' });
      await peer.shutDown();
      assert.deepEqual(await peer.exit(), { code: 0, signal: null });
    });
  }
});
