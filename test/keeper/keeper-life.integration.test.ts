import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { systemClock } from '../../src/core/clock.ts';
import type { ProcessIdentity } from '../../src/core/worker.ts';
import { identifyProcess, isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { endTree, markedProcesses } from '../../src/keeper/process-tree.ts';
import { waitFor } from '../wait-for.ts';
import { fixture, python, TemporaryKeeper, type SeenMessage } from './temporary-keeper.ts';

type Line = Partial<SeenMessage> & { started?: ProcessIdentity; connected?: { deliveredFrame: number }[] };

/** What fixture supervisors have written down so far. */
function linesOf(output: string): Line[] {
  if (!existsSync(output)) return [];
  const text = readFileSync(output, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}

function supervisorCommand(keeper: TemporaryKeeper, ...mode: string[]) {
  const output = path.join(keeper.folder, 'supervisors.jsonl');
  const command = {
    executable: process.execPath,
    arguments: [fixture('supervisor.ts'), keeper.folder, output, ...mode],
    env: {},
  };
  const lines = () => linesOf(output);
  const started = () => lines().flatMap((line) => (line.started ? [line.started] : []));
  return { command, lines, started };
}

describe('a supervisor that is killed', () => {
  it('is brought back; it gets every message it had not acknowledged, and no worker notices', async () => {
    const keeper = await TemporaryKeeper.create();
    const { command, lines, started } = supervisorCommand(keeper);
    const { client, seen } = await keeper.start(command);
    const worker = await keeper.spawn(client, python('count.py', 30_000, 20));
    client.send(worker.handle, '{}');
    await seen.untilMessages(100);
    // The first fixture takes over, and is killed in the middle of the stream.
    const first = spawn(command.executable, command.arguments, { stdio: 'ignore' });
    await waitFor('the first supervisor to be at work', () => lines().length > 5000);
    first.kill('SIGKILL');
    await once(first, 'exit');
    await waitFor('all messages at the second', () => lines().some(({ sequence }) => sequence === 30_000));
    assert.equal(started().length, 2);
    assert.notEqual(started()[1]!.pid, first.pid);
    assert.equal(await isAlive(worker.identity), true);

    const begins = lines().flatMap((line, index) => (line.connected ? [index] : []));
    assert.equal(lines()[begins[1]!]!.connected![0]!.deliveredFrame, 1);
    const sequences = (from: number, to?: number) =>
      lines()
        .slice(from, to)
        .flatMap(({ sequence }) => (sequence === undefined ? [] : [sequence]));
    const one = sequences(begins[0]!, begins[1]);
    const two = sequences(begins[1]!);
    assert.deepEqual(
      one,
      Array.from({ length: one.length }, (_, n) => n + 1),
    );
    // Nothing is left out between the two, and nothing within either.
    assert.ok(two[0]! <= one.length + 1 && two[0]! > 1, `${two[0]} after ${one.length}`);
    assert.deepEqual(
      two,
      Array.from({ length: two.length }, (_, n) => n + two[0]!),
    );
    for (const { sequence, body } of lines()) {
      if (sequence !== undefined) assert.ok(body!.startsWith(`{"n":${sequence},`));
    }

    const { client: last } = await keeper.connect();
    await last.close('end');
    await waitFor('the second supervisor to end', async () => !(await isAlive(started()[1]!)));
  });

  it('is brought back again and again when it falls over, but not in a hurry', async () => {
    const keeper = await TemporaryKeeper.create();
    const { command, started } = supervisorCommand(keeper, 'crash');
    const { client } = await keeper.start(command);
    await keeper.spawn(client, ['sleep', '600']);
    const begin = performance.now();
    // The connection breaks without a word.
    (client as unknown as { fail(error: Error): void }).fail(new Error('killed by the test'));
    await waitFor('three starts', () => started().length >= 3);
    // 100, then 200, then 400 ms apart.
    assert.ok(performance.now() - begin >= 700 - 5, `${performance.now() - begin} ms`);
    const { client: last } = await keeper.connect();
    const count = started().length;
    await keeper.spawn(last, ['true']);
    assert.ok(started().length <= count + 1);
    await last.close('end');
  });

  it('is brought back by the command that its successor brought', async () => {
    const keeper = await TemporaryKeeper.create();
    const old = supervisorCommand(keeper, 'of the old version', 'crash').command;
    const { client } = await keeper.start({ ...old, executable: '/gone/after/the/upgrade' });
    await keeper.spawn(client, ['sleep', '600']);
    const { command, lines } = supervisorCommand(keeper);
    const { client: next } = await keeper.connect(command);
    (next as unknown as { fail(error: Error): void }).fail(new Error('killed by the test'));
    await waitFor('the supervisor', () => lines().some(({ connected }) => connected?.length === 1));
    const { client: last } = await keeper.connect();
    await last.close('end');
  });

  it('is not brought back when it said that it leaves', async () => {
    const keeper = await TemporaryKeeper.create();
    const { command, started } = supervisorCommand(keeper);
    const { client } = await keeper.start(command);
    await keeper.spawn(client, ['sleep', '600']);
    await client.close('detach');
    await waitFor('the keeper to notice', () => keeper.log().includes('the supervisor has left'));
    const { client: next } = await keeper.connect();
    assert.equal(next.kept.length, 1);
    assert.deepEqual(started(), []);
    await next.close('end');
  });
});

describe('the keeper itself', () => {
  it('outlives its starter', async () => {
    const keeper = await TemporaryKeeper.create();
    const starter = spawn(process.execPath, [fixture('starter.ts'), JSON.stringify(keeper.options())], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(starter.stdout, 'data');
    const identity = await keeper.identity();
    starter.kill('SIGKILL');
    await once(starter, 'exit');
    const { client, seen } = await keeper.connect();
    assert.equal(client.pid, identity.pid);
    const { handle } = await keeper.spawn(client, python('echo.py'));
    client.send(handle, '{}');
    await seen.untilMessages(1);
    await client.close('end');
  });

  it('is the only one of its folder, and keeps its secrets to itself', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client } = await keeper.start();
    await assert.rejects(keeper.start(), { code: 'EADDRINUSE' });
    const mode = async (name: string) => (await stat(path.join(keeper.folder, name))).mode & 0o777;
    assert.equal(await mode(''), 0o700);
    for (const name of ['keeper.sock', 'keeper.json', 'keeper.log']) assert.equal(await mode(name), 0o600);
    assert.ok(!(await readFile(`/proc/${client.pid}/cmdline`, 'utf8')).includes(keeper.token));
    assert.ok(!(await readFile(`/proc/${client.pid}/environ`, 'utf8')).includes(keeper.token));
    assert.match(await readFile(`/proc/${client.pid}/cmdline`, 'utf8'), /^nightcrew-keeper/);
    await client.close('end');
  });

  it('lets go of files that its starter had open, and so do its workers', async () => {
    const keeper = await TemporaryKeeper.create();
    const leaked = path.join(keeper.folder, 'leaked');
    const command = `exec 9>${leaked}; exec "$0" "$@"`;
    const starter = spawn(
      'sh',
      ['-c', command, process.execPath, fixture('starter.ts'), JSON.stringify(keeper.options())],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    // It has nothing left to do as soon as another supervisor has taken over.
    const exit = once(starter, 'exit');
    await once(starter.stdout, 'data');
    const { client, seen } = await keeper.connect();
    const { handle, identity } = await keeper.spawn(client, python('echo.py'));
    client.send(handle, '{}');
    await seen.untilMessages(1);
    for (const pid of [client.pid, identity.pid]) {
      for (const name of await readdir(`/proc/${pid}/fd`)) {
        assert.notEqual(await readlink(`/proc/${pid}/fd/${name}`).catch(() => ''), leaked);
      }
    }
    await client.close('end');
    await exit;
  });

  it('leaves workers their own file mode mask', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const { handle } = await keeper.spawn(client, ['sh', '-c', 'umask >&2']);
    const mask = process.umask().toString(8).padStart(4, '0');
    assert.equal((await seen.untilExit(handle)).logTail.trim(), mask);
    await client.close('end');
  });

  it('ends all trees when it is told to end, and leaves no file that says it lives', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client } = await keeper.start();
    const keeperIdentity = await keeper.identity();
    const workers = await Promise.all(
      [1, 2, 3].map((n) =>
        keeper.spawn(client, ['sh', '-c', 'setsid sleep 600 & sleep 600'], { worker: `a-${n}` }),
      ),
    );
    await client.close('end');
    await waitFor('its end', async () => !(await isAlive(keeperIdentity)));
    for (const { identity } of workers) assert.equal(await isAlive(identity), false);
    for (const name of ['keeper.sock', 'keeper.json']) {
      assert.equal(existsSync(path.join(keeper.folder, name)), false, name);
    }
  });

  it('ends at once when it is asked to terminate and its workers follow', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client } = await keeper.start();
    const keeperIdentity = await keeper.identity();
    await keeper.spawn(client, ['sleep', '600']);
    const begin = performance.now();
    await signalProcess(keeperIdentity, 'SIGTERM');
    await waitFor('its end', async () => !(await isAlive(keeperIdentity)));
    assert.ok(performance.now() - begin < 4500);
  });

  it('ends its workers gently, then surely, when the system asks it to terminate', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client } = await keeper.start();
    const keeperIdentity = await keeper.identity();
    const gentle = "trap 'echo asked >&2; exit 0' TERM; while :; do sleep 0.05; done";
    const stubborn = "trap '' TERM; while :; do sleep 0.05; done";
    await keeper.spawn(client, ['sh', '-c', gentle], { worker: 'gentle' });
    const { identity } = await keeper.spawn(client, ['sh', '-c', `${stubborn}`], { worker: 'stubborn' });
    await waitFor('both to run', async () => (await identifyProcess(identity.pid)) !== undefined);
    assert.equal(await signalProcess(keeperIdentity, 'SIGTERM'), true);
    await waitFor('its end', async () => !(await isAlive(keeperIdentity)));
    assert.equal(await isAlive(identity), false);
  });

  it('that was killed: its workers see the end of stdin, the rest is found by its marker, a new one starts', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const good = await keeper.spawn(client, python('echo.py'), { worker: 'good' });
    const deaf = await keeper.spawn(client, ['sh', '-c', 'setsid sleep 600 & sleep 600'], { worker: 'deaf' });
    const marked = async () => (await markedProcesses()).filter(({ worker }) => worker === 'deaf');
    await waitFor('the tree of the deaf one', async () => (await marked()).length === 3);
    const { marker } = (await marked())[0]!;
    await signalProcess(await keeper.identity(), 'SIGKILL');
    await waitFor('the news', () => seen.disconnected === 'closed');
    await assert.rejects(client.logTail(good.handle, 1), { code: 'ECONNRESET' });
    await waitFor('the good worker to end', async () => !(await isAlive(good.identity)));
    await assert.rejects(keeper.connect(), { code: 'ECONNREFUSED' });

    const { client: next } = await keeper.start();
    assert.deepEqual(next.kept, []);
    await endTree({ worker: 'deaf', leader: deaf.identity, marker }, systemClock);
    assert.deepEqual(await marked(), []);
    await next.close('end');
  });
});
