import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { RotatingLog } from '../../src/keeper/rotating-log.ts';
import { ManualClock } from '../manual-clock.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function emptyLog(options?: ConstructorParameters<typeof RotatingLog>[1]): Promise<RotatingLog> {
  return new RotatingLog(path.join(await temporaryFolder(), 'logs', 'worker_a-1.log'), options);
}

/** Oldest first. */
async function filesOf(log: RotatingLog): Promise<string[]> {
  const names = [3, 2, 1].map((age) => `${log.file}.${age}`).concat(log.file);
  return Promise.all(names.filter((name) => existsSync(name)).map((name) => readFile(name, 'utf8')));
}

describe('RotatingLog', () => {
  it('appends to what an earlier keeper wrote, in a file that only its owner reads', async () => {
    const log = await emptyLog();
    log.append(Buffer.from('one\n'));
    await log.close();
    const again = new RotatingLog(log.file);
    again.append(Buffer.from('two\n'));
    await again.close();
    assert.equal(await readFile(log.file, 'utf8'), 'one\ntwo\n');
    assert.equal((await stat(log.file)).mode & 0o777, 0o600);
  });

  it('begins on a new line after one that a power cut tore', async () => {
    const log = await emptyLog();
    await mkdir(path.dirname(log.file));
    await writeFile(log.file, 'torn');
    log.append(Buffer.from('whole\n'));
    await log.close();
    assert.equal(await readFile(log.file, 'utf8'), 'torn\nwhole\n');
  });

  it('rotates at line ends, keeps three old files and loses no line between them', async () => {
    const log = await emptyLog({ maxBytes: 1000 });
    const lines = Array.from({ length: 400 }, (_, n) => `line ${n} ${'x'.repeat(n % 17)}\n`);
    // Chunks that do not end where lines do, as a pipe cuts them.
    const text = lines.join('');
    for (let at = 0; at < text.length; at += 61) log.append(Buffer.from(text.slice(at, at + 61)));
    await log.close();
    const files = await filesOf(log);
    assert.equal(files.length, 4);
    for (const content of files.slice(0, -1)) {
      assert.ok(content.length <= 1000 && content.length > 900, `${content.length}`);
      assert.ok(content.endsWith('\n'));
    }
    assert.ok(text.endsWith(files.join('')));
  });

  it('finishes a line that has begun before it rotates', async () => {
    const log = await emptyLog({ maxBytes: 100 });
    log.append(Buffer.from('a'.repeat(90)));
    await log.flush();
    log.append(Buffer.from(`${'a'.repeat(50)}\nnext\n`));
    await log.close();
    assert.deepEqual(await filesOf(log), [`${'a'.repeat(140)}\n`, 'next\n']);
  });

  it('tears a line without end, so that the file does not grow without bound', async () => {
    const log = await emptyLog({ maxBytes: 100_000 });
    for (let n = 0; n < 20; n++) {
      log.append(Buffer.alloc(20_000, 'x'));
      await log.flush();
    }
    await log.close();
    for (const content of await filesOf(log)) assert.ok(content.length <= 100_000 + 64 * 1024);
    assert.equal((await filesOf(log)).join('').length, 400_000);
  });

  it('begins a removed or replaced file anew where readers look for it, within a second', async () => {
    const clock = new ManualClock();
    const log = await emptyLog({ clock });
    const say = async (text: string): Promise<void> => {
      log.append(Buffer.from(text));
      await log.flush();
    };
    await say('one\n');
    await rm(path.dirname(log.file), { recursive: true });
    clock.advance(1_000);
    await say('two\n');
    await say('three\n');
    assert.match(await readFile(log.file, 'utf8'), /^\[nightcrew\] the file of this log .*\ntwo\nthree\n$/);
    assert.equal((await stat(log.file)).mode & 0o777, 0o600);
    await rm(log.file);
    await writeFile(log.file, 'edited\n');
    clock.advance(1_000);
    await say('four\n');
    await log.close();
    assert.match(await readFile(log.file, 'utf8'), /^edited\n\[nightcrew\] .*\nfour\n$/);
  });

  it('goes with a workspace that is moved, and makes nothing where it was', async () => {
    const clock = new ManualClock();
    const workspace = path.join(await temporaryFolder(), 'workspace');
    await mkdir(workspace);
    const file = path.join(workspace, 'logs', 'worker_a-1.log');
    const log = new RotatingLog(file, { clock, maxBytes: 100, placeIsThere: () => existsSync(workspace) });
    log.append(Buffer.from('one\n'));
    await log.flush();
    await rename(workspace, `${workspace}-moved`);
    clock.advance(5_000);
    log.append(Buffer.from('two\n'));
    await log.flush();
    log.append(Buffer.from(`${'x'.repeat(120)}\nlate\n`));
    await log.close();
    assert.equal(await readFile(file.replace('workspace', 'workspace-moved'), 'utf8'), 'one\ntwo\n');
    assert.equal(existsSync(workspace), false);
  });

  it('gives the last characters, over a rotation and not through the middle of one', async () => {
    const log = await emptyLog({ maxBytes: 64 });
    log.append(Buffer.from(`${'ä'.repeat(20)}\n`));
    log.append(Buffer.from(`${'€'.repeat(20)}\n`));
    assert.equal(await log.tail(25), `ääää${'\n'}`.slice(-4) + `${'€'.repeat(20)}\n`);
    assert.equal((await filesOf(log)).length, 2);
    await log.close();
  });

  it('shows of a launch only what lies between its positions', async () => {
    const log = await emptyLog();
    log.append(Buffer.from('first launch\n'));
    const from = log.position;
    log.append(Buffer.from('second launch\n'));
    const to = log.position;
    log.append(Buffer.from('third launch\n'));
    assert.equal(await log.tail(1000, from, to), 'second launch\n');
    assert.equal(await log.tail(7, from, to), 'launch\n');
    assert.equal(await log.tail(1000, log.position), '');
    await log.close();
  });

  it('says how much it lost once the disk works again', async () => {
    const log = await emptyLog();
    // A file where the folder should be: opening fails.
    await writeFile(path.dirname(log.file), '');
    log.append(Buffer.from('lost\n'));
    await log.flush();
    assert.equal(log.queuedBytes, 0);
    await rm(path.dirname(log.file));
    log.append(Buffer.from('kept\n'));
    await log.close();
    assert.equal(
      await readFile(log.file, 'utf8'),
      '[nightcrew] 5 bytes of this log could not be written\nkept\n',
    );
  });

  it('goes on in the same file when it cannot rotate', async () => {
    const log = await emptyLog({ maxBytes: 100, kept: 1 });
    // A folder in the place of the oldest file can be neither removed nor replaced.
    await mkdir(`${log.file}.1`, { recursive: true });
    await writeFile(path.join(`${log.file}.1`, 'blocking'), '');
    for (let n = 0; n < 30; n++) log.append(Buffer.from(`line ${n}\n`));
    await log.close();
    assert.equal((await readFile(log.file, 'utf8')).split('\n').length, 31);
  });

  it('tells when room is free again', async () => {
    const log = await emptyLog();
    const order: string[] = [];
    log.append(Buffer.alloc(3_000_000));
    log.whenBelow(1_000_000, () => order.push('room'));
    assert.equal(order.length, 0);
    await log.flush();
    assert.deepEqual(order, ['room']);
    log.whenBelow(0, () => order.push('at once'));
    assert.deepEqual(order, ['room', 'at once']);
    await log.close();
  });
});
