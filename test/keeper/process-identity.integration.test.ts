import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { after, describe, it } from 'node:test';
import { systemClock } from '../../src/core/clock.ts';
import { parsePsLine } from '../../src/keeper/darwin-processes.ts';
import { parseStat } from '../../src/keeper/linux-processes.ts';
import { identifyProcess, isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { endTree, findTree, treeMembers } from '../../src/keeper/process-tree.ts';
import { parseCimLine } from '../../src/keeper/windows-processes.ts';
import { waitFor } from '../wait-for.ts';

/** A bystander that leads a group of its own, as a worker does; ended after the test. */
async function bystander(
  command = ['sleep', '600'],
): Promise<{ child: ChildProcess; identity: NonNullable<Awaited<ReturnType<typeof identifyProcess>>> }> {
  const child = spawn(command[0]!, command.slice(1), { detached: true, stdio: 'ignore' });
  const exit = once(child, 'exit');
  after(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  return { child, identity: (await identifyProcess(child.pid!))! };
}

describe('process identity', () => {
  it('names a live process, and only that', async () => {
    const { child, identity } = await bystander();
    assert.equal(await isAlive(identity), true);
    assert.equal(await isAlive({ ...identity, startTime: '1' }), false);
    assert.equal(await isAlive({ ...identity, bootId: 'another boot' }), false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(await isAlive(identity), false);
    assert.equal(await identifyProcess(identity.pid), undefined);
  });

  it('counts a zombie as dead', async () => {
    // The shell becomes a program that never waits for its child.
    const { identity } = await bystander(['sh', '-c', 'sh -c "exit 0" & exec sleep 600']);
    const members = async () => (await treeMembers([identity])).get(identity.pid)!;
    await waitFor('the child to be a zombie', async () => (await members()).length === 1);
  });

  it('does not lead a signal to a stranger that has got the number', async () => {
    const { child, identity } = await bystander();
    const gone = { ...identity, startTime: String(Number(identity.startTime) - 1) };
    for (const scope of ['process', 'group'] as const) {
      assert.equal(await signalProcess(gone, 'SIGKILL', scope), false);
      assert.equal(await signalProcess({ ...identity, bootId: 'another' }, 'SIGKILL', scope), false);
    }
    for (const trust of ['leader', 'group'] as const) {
      const root = { worker: 'a-1', leader: gone, marker: 'of nobody' };
      assert.deepEqual(await endTree(root, systemClock, trust), []);
      assert.deepEqual(await findTree(root), []);
    }
    assert.deepEqual(await treeMembers([gone]), new Map());
    assert.equal(await isAlive(identity), true);
    assert.equal(child.signalCode, null);
  });

  it('signals the one that is meant', async () => {
    const { child, identity } = await bystander();
    const exit = once(child, 'exit');
    assert.equal(await signalProcess(identity, 'SIGTERM'), true);
    assert.deepEqual(await exit, [null, 'SIGTERM']);
  });

  it('adds up the members of several trees in one pass', async () => {
    const script = 'sleep 600 & sleep 600 & wait';
    const roots = await Promise.all([bystander(['sh', '-c', script]), bystander(['sh', '-c', script])]);
    const identities = roots.map(({ identity }) => identity);
    await waitFor('both trees', async () => {
      const members = await treeMembers(identities);
      return identities.every(({ pid }) => members.get(pid)?.length === 3 && members.get(pid)![0] === pid);
    });
    for (const identity of identities) {
      await endTree({ worker: 'a-1', leader: identity, marker: 'of nobody' }, systemClock);
    }
    assert.deepEqual(await treeMembers(identities), new Map());
  });
});

describe('reading the process table', () => {
  const fields = 'S 10 42 42 0 -1 4194304 100 0 0 0 5 6 0 0 20 0 3 0 98765 1000 200';

  it('finds the fields of /proc/PID/stat after any name', () => {
    for (const name of ['sleep', 'tmux: server', 'a) S 1 (b', ') R 0 0 (', 'two\nlines']) {
      assert.deepEqual(parseStat(`42 (${name}) ${fields}`), {
        pid: 42,
        parent: 10,
        group: 42,
        startTime: '98765',
        stopped: false,
      });
    }
  });

  it('leaves out zombies, but not a process whose main thread alone has ended', () => {
    const state = (letter: string, threads: number) =>
      parseStat(`42 (x) ${fields.replace('S', letter).replace(' 3 0 98765', ` ${threads} 0 98765`)}`);
    assert.equal(state('Z', 1), undefined);
    assert.equal(state('X', 0), undefined);
    assert.equal(state('Z', 4)?.pid, 42);
    assert.equal(state('T', 4)?.stopped, true);
    assert.equal(parseStat(''), undefined);
  });

  it('understands ps of macOS and CIM of Windows', () => {
    assert.deepEqual(parsePsLine('  42    10    42 Ss   Sat Nov 22 05:05:00 2026    '), {
      pid: 42,
      parent: 10,
      group: 42,
      startTime: 'Sat Nov 22 05:05:00 2026',
      stopped: false,
    });
    assert.equal(parsePsLine('  42    10    42 Z+   Sat Nov 22 05:05:00 2026'), undefined);
    assert.equal(parsePsLine('  42    10    42 T+   Sat Nov 22 05:05:00 2026')?.stopped, true);
    assert.equal(parsePsLine(''), undefined);
    assert.deepEqual(parseCimLine('42,10,134082291000000000\r'), {
      pid: 42,
      parent: 10,
      group: 0,
      startTime: '134082291000000000',
      stopped: false,
    });
    assert.equal(parseCimLine('42,10,'), undefined);
  });
});
