import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import type { ProcessIdentity } from '../../src/core/worker.ts';
import type { KeeperClient } from '../../src/keeper/contract.ts';
import { identifyProcess, isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { waitFor } from '../wait-for.ts';
import { fixture, python, TemporaryKeeper, type Seen } from './temporary-keeper.ts';

/** The processes that `tree.py` says it has started, by the way they try to get lost. */
async function descendants(seen: Seen): Promise<Map<string, ProcessIdentity>> {
  await seen.untilMessages(1);
  const identities = new Map<string, ProcessIdentity>();
  for (const [name, pid] of Object.entries(JSON.parse(seen.messages[0]!.body) as Record<string, number>)) {
    const identity = await identifyProcess(pid);
    if (identity) identities.set(name, identity);
  }
  return identities;
}

async function living(identities: Map<string, ProcessIdentity>): Promise<string[]> {
  const names: string[] = [];
  for (const [name, identity] of identities) if (await isAlive(identity)) names.push(name);
  return names;
}

/** State `T` of /proc/PID/stat. */
function isStopped(pid: number): boolean {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.startsWith('T');
}

describe('the end of a worker', () => {
  it('is told with its code or signal and the end of its log', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const code = await keeper.spawn(client, ['sh', '-c', 'echo "it went wrong" >&2; exit 3']);
    const signal = await keeper.spawn(client, ['sh', '-c', 'kill -SEGV $$'], { worker: 'a-2' });
    await seen.untilExit(code.handle);
    const quiet = await keeper.spawn(client, ['true'], { worker: 'a-1' });
    const expected = [
      [code.handle, 3, null, 'it went wrong\n'],
      [signal.handle, null, 'SIGSEGV', ''],
      [quiet.handle, 0, null, ''],
    ] as const;
    for (const [handle, exitCode, exitSignal, logTail] of expected) {
      const exit = await seen.untilExit(handle);
      assert.deepEqual([exit.code, exit.signal, exit.logTail], [exitCode, exitSignal, logTail]);
    }
    // The same log as the worker's first launch, yet each launch is asked for on its own.
    assert.equal(await client.logTail(code.handle, 6), 'wrong\n');
    assert.equal(await client.logTail(quiet.handle, 100), '');
    await client.close('end');
  });

  it('brings no more than the last 1,000 characters of its log', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const script = "import sys; sys.stderr.write('ä' * 5000 + 'end'); sys.exit(1)";
    const { handle } = await keeper.spawn(client, ['python3', '-c', script], {
      env: { PYTHONIOENCODING: 'utf-8' },
    });
    assert.equal((await seen.untilExit(handle)).logTail, `${'ä'.repeat(997)}end`);
    await client.close('end');
  });

  it('comes after everything it wrote, also what was written just before', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    seen.onMessage = (of, sequence) => client.acknowledge(of, sequence);
    const { handle } = await keeper.spawn(client, python('count.py', 20_000));
    await client.closeInput(handle);
    await seen.untilExit(handle);
    assert.equal(seen.messages.length, 20_000);
    assert.equal(seen.order.at(-1), `exit ${handle}`);
    await client.close('end');
  });

  it('is the end of its whole tree', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const { handle } = await keeper.spawn(client, python('tree.py', 'leave'));
    const tree = await descendants(seen);
    const exit = await seen.untilExit(handle);
    assert.equal(exit.code, 0);
    assert.deepEqual(await living(tree), []);
    await client.close('end');
  });

  it('can be brought about for its whole tree', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const { handle } = await keeper.spawn(client, python('tree.py', 'stay'));
    const tree = await descendants(seen);
    assert.deepEqual((await living(tree)).sort(), [
      'child',
      'daemon',
      'emptied',
      'grandchild',
      'holding',
      'session',
    ]);
    await client.killTree(handle);
    assert.deepEqual(await living(tree), []);
    assert.equal((await seen.untilExit(handle)).signal, 'SIGKILL');
    assert.equal(await client.signal(handle, 'SIGTERM'), false);
    await client.killTree(handle);
    await client.close('end');
  });

  it('is not held back by a process out of reach that keeps its stdout open', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const { handle } = await keeper.spawn(client, python('unreachable.py'));
    await seen.untilMessages(1);
    const { pid } = JSON.parse(seen.messages[0]!.body) as { pid: number };
    const lost = await identifyProcess(pid);
    assert.ok(lost);
    after(() => signalProcess(lost, 'SIGKILL'));
    const exit = await seen.untilExit(handle);
    assert.equal(exit.code, 7);
    assert.match(exit.logTail, /still holds its output open/);
    await client.close('end');
  });

  it('follows a signal to its group, a freeze does not end it', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const { handle } = await keeper.spawn(client, python('echo.py'));
    // What `python3` names may be a launcher with children of its own: it has to be Python that is stopped.
    client.send(handle, '{"n":1}');
    await seen.untilMessages(1);
    assert.equal(await client.signal(handle, 'SIGSTOP'), true);
    client.send(handle, '{"n":2}');
    await client.logTail(handle, 1);
    assert.equal(seen.messages.length, 1);
    assert.equal(await client.signal(handle, 'SIGCONT'), true);
    await seen.untilMessages(2);
    assert.equal(await client.signal(handle, 'SIGTERM'), true);
    assert.equal((await seen.untilExit(handle)).signal, 'SIGTERM');
    await client.close('end');
  });

  it('a freeze stops all of its tree, wherever it went, and the last one asked for holds', async (t) => {
    if (process.platform !== 'linux') return t.skip('reads /proc');
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const { handle, identity } = await keeper.spawn(client, python('tree.py', 'stay'));
    const tree = new Map([['leader', identity], ...(await descendants(seen))]);
    assert.equal(tree.size, 7);
    const stopped = (): string[] => [...tree].flatMap(([name, { pid }]) => (isStopped(pid) ? [name] : []));
    assert.equal(await client.freeze(handle, true), true);
    assert.deepEqual(stopped(), [...tree.keys()]);
    // Not awaited in between: each takes several looks at the tree.
    await Promise.all([
      client.freeze(handle, false),
      client.freeze(handle, true),
      client.freeze(handle, false),
    ]);
    assert.deepEqual(stopped(), []);
    await client.freeze(handle, true);
    await client.killTree(handle);
    assert.equal((await seen.untilExit(handle)).signal, 'SIGKILL');
    assert.deepEqual(await living(tree), []);
    assert.equal(await client.freeze(handle, true), false);
    await client.close('end');
  });

  it('time in which it was frozen is no part of what its frames are old, for any supervisor', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const { handle } = await keeper.spawn(client, python('echo.py'));
    const sentAt = performance.now();
    client.send(handle, '{"n":1}');
    await seen.untilMessages(1);
    await client.freeze(handle, true);
    const frozenAt = performance.now();
    await waitFor('half a second to pass', () => performance.now() - frozenAt > 500);
    const asked = performance.now();
    const second = await keeper.connect();
    const [held] = second.client.kept;
    assert.equal(held?.frozen, true);
    const before = held.frameAges![0]!.milliseconds;
    assert.ok(before <= frozenAt - sentAt, `${before} ms of ${asked - sentAt}`);
    await second.client.freeze(handle, false);
    await second.seen.untilMessages(1);
    const third = await keeper.connect();
    assert.equal(third.client.kept[0]?.frozen, undefined);
    const lived = performance.now() - asked;
    const after = third.client.kept[0]!.frameAges![0]!.milliseconds;
    assert.ok(
      after >= before && after <= before + lived + 50,
      `${before}, then ${after} ms after ${lived} ms`,
    );
    await third.client.close('end');
  });

  it('comes with the end of its stdin, for a worker that keeps to the protocol', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const { handle } = await keeper.spawn(client, python('echo.py'));
    await assert.rejects(client.forget(handle), { code: 'EBUSY' });
    client.send(handle, '{"last":true}');
    await client.closeInput(handle);
    assert.equal((await seen.untilExit(handle)).code, 0);
    assert.deepEqual(seen.order, [`message ${handle}`, `exit ${handle}`]);
    await client.close('end');
  });
});

describe('a worker that cannot be started', () => {
  async function refused(
    keeper: TemporaryKeeper,
    client: KeeperClient,
    command: string[],
    cwd?: string,
  ): Promise<{ code: string; message: string }> {
    return keeper.spawn(client, command, cwd === undefined ? {} : { cwd }).then(
      () => assert.fail('it was started'),
      (error: { code: string; message: string }) => error,
    );
  }

  it('is refused with the reason in words, and the keeper goes on', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client } = await keeper.start();
    const script = path.join(keeper.folder, 'script');
    await writeFile(script, '#!/nonexistent/interpreter\n');
    const cases: [string[], string | undefined, string, RegExp][] = [
      [['no-such-program'], undefined, 'ENOENT', /no such program on PATH/],
      [['./no-such-script'], undefined, 'ENOENT', /there is no .*no-such-script/],
      [['python3'], '/no/such/folder', 'ENOENT', /the folder \/no\/such\/folder does not exist/],
      [[fixture('echo.py')], undefined, 'EACCES', /may not be executed/],
      [[], undefined, 'EINVAL', /empty/],
      [['python3', 'with\0nul'], undefined, 'EINVAL', /null bytes/],
    ];
    for (const [command, cwd, code, message] of cases) {
      const error = await refused(keeper, client, command, cwd);
      assert.equal(error.code, code, error.message);
      assert.match(error.message, message);
    }
    await chmod(script, 0o700);
    assert.match((await refused(keeper, client, [script])).message, /interpreter .* does not exist/);
    const { handle } = await keeper.spawn(client, ['true']);
    assert.ok(handle > 0);
    await client.close('end');
  });

  it('is looked up on the PATH of its own environment and from its own folder', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const script = path.join(keeper.folder, 'only-here');
    await writeFile(script, '#!/bin/sh\necho "$HIDDEN$SHOWN $PWD" >&2\n');
    await chmod(script, 0o700);
    process.env['HIDDEN'] = 'hidden';
    const env = { PATH: keeper.folder, SHOWN: 'shown' };
    const byPath = await keeper.spawn(client, ['only-here'], { env, cwd: '/' });
    const byFolder = await keeper.spawn(client, ['./only-here'], { worker: 'a-2', env });
    assert.equal((await seen.untilExit(byPath.handle)).logTail, 'shown /\n');
    assert.equal((await seen.untilExit(byFolder.handle)).logTail, `shown ${keeper.folder}\n`);
    await client.close('end');
  });
});

describe('a worker that writes what is no message', () => {
  it('loses no message by it; the rest goes to its log, marked', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const { handle } = await keeper.spawn(client, python('stray.py'));
    await seen.untilMessages(4);
    assert.deepEqual(
      seen.messages.map(({ body }) => (JSON.parse(body) as { text: string }).text),
      ['one', 'two', 'three', 'four'],
    );
    await client.closeInput(handle);
    const { logTail } = await seen.untilExit(handle);
    for (const line of ['[stdout] hello from print', '[stdout] no line end', 'a warning']) {
      assert.ok(logTail.includes(line), logTail);
    }
    // At most one report a second: what came within it is added up and told with the end.
    await waitFor('the second report', () => seen.strays.length === 2);
    assert.deepEqual(
      seen.strays.map(({ reason, sample }) => [reason, sample]),
      [
        ['text', 'hello from print\n'],
        ['text', 'no line end'],
      ],
    );
    assert.equal(seen.strays[1]!.bytes, 'no line end'.length + 'Content-Length: many\r\n\r\n'.length);
    await client.close('end');
  });
});
