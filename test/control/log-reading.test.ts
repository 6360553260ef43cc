import assert from 'node:assert/strict';
import { appendFileSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { LogFollower } from '../../src/control/log-follow.ts';
import { readLogTail } from '../../src/control/log-tail.ts';
import { ManualClock } from '../manual-clock.ts';
import { waitFor } from '../wait-for.ts';
import { temporaryWorkspace } from '../cli/temporary-workspace.ts';

describe('the tail of a log', () => {
  const cases: [name: string, content: string, lines: number, tail: string][] = [
    ['is its last whole lines', 'a\nb\nc\n', 2, 'b\nc\n'],
    ['counts a last line without an end', 'a\nb\nc', 2, 'b\nc'],
    ['is all of a short log', 'a\nb\n', 5, 'a\nb\n'],
    ['is nothing for no lines', 'a\nb\n', 0, ''],
    ['is nothing of an empty log', '', 3, ''],
    ['keeps empty lines', 'a\n\n\n', 2, '\n\n'],
    ['finds lines longer than a chunk', `x\n${'y'.repeat(200_000)}\nz\n`, 2, `${'y'.repeat(200_000)}\nz\n`],
    ['does not tear characters', `${'é'.repeat(70_000)}\nü\n`, 2, `${'é'.repeat(70_000)}\nü\n`],
  ];
  for (const [name, content, lines, tail] of cases) {
    it(name, async (test) => {
      const folder = temporaryWorkspace(test, { 'worker.log': content });
      assert.equal(await readLogTail(join(folder, 'worker.log'), lines), tail);
    });
  }

  it('is empty where there is no log', async (test) => {
    assert.equal(await readLogTail(join(temporaryWorkspace(test), 'worker.log'), 5), '');
  });
});

describe('following a log', () => {
  it('goes on over appends, rotation, truncation and a log that is yet to come', async (test) => {
    const file = join(temporaryWorkspace(test), 'worker.log');
    const clock = new ManualClock();
    let read = '';
    const follower = new LogFollower(file, clock, (text) => (read += text));
    const reads = (text: string): Promise<void> =>
      waitFor(
        JSON.stringify(text),
        () => {
          clock.advance(250);
          return read === text;
        },
        { seen: () => JSON.stringify(read) },
      );
    await follower.start(1);
    test.after(() => follower.stop());

    writeFileSync(file, 'one\n');
    await reads('one\n');
    appendFileSync(file, 'two\n');
    await reads('one\ntwo\n');
    // What comes to the old file after the last look is read before the new file is begun.
    appendFileSync(file, 'three\n');
    renameSync(file, `${file}.1`);
    writeFileSync(file, 'four\n');
    await reads('one\ntwo\nthree\nfour\n');
    const bytes = Buffer.from('é');
    appendFileSync(file, bytes.subarray(0, 1));
    await reads('one\ntwo\nthree\nfour\n');
    appendFileSync(file, bytes.subarray(1));
    await reads('one\ntwo\nthree\nfour\né');
    writeFileSync(file, 'x\n');
    await reads('one\ntwo\nthree\nfour\néx\n');
    rmSync(file);
    writeFileSync(file, 'five\n');
    await reads('one\ntwo\nthree\nfour\néx\nfive\n');
  });

  it('misses and doubles nothing when it is rotated several times between two looks', async (test) => {
    const file = join(temporaryWorkspace(test), 'worker.log');
    const clock = new ManualClock();
    let read = '';
    const follower = new LogFollower(file, clock, (text) => (read += text));
    await follower.start(0);
    test.after(() => follower.stop());
    const rotate = (): void => {
      rmSync(`${file}.3`, { force: true });
      for (const age of [2, 1, 0]) {
        const name = age === 0 ? file : `${file}.${age}`;
        if (existsSync(name)) renameSync(name, `${file}.${age + 1}`);
      }
    };
    const catchUp = (end: string): Promise<void> =>
      waitFor(
        end,
        () => {
          clock.advance(250);
          return read.endsWith(end);
        },
        { seen: () => JSON.stringify(read) },
      );
    let written = '';
    for (let round = 0; round < 12; round++) {
      // None, one, two or three rotations between two looks.
      for (let turn = 0; turn <= round % 4; turn++) {
        if (turn > 0) rotate();
        const text = `line ${round}.${turn}\n`;
        appendFileSync(file, text);
        written += text;
      }
      await catchUp(written.slice(-9));
      assert.equal(read, written);
    }
    // Once more than is kept.
    for (let turn = 0; turn < 5; turn++) {
      rotate();
      appendFileSync(file, `late ${turn}\n`);
    }
    await catchUp('late 4\n');
    const gap = '[nightcrew] What was written here was rotated away before it could be shown.\n';
    assert.equal(read, `${written}${gap}late 1\nlate 2\nlate 3\nlate 4\n`);
  });

  it('begins with the last lines, over a rotation of a moment ago', async (test) => {
    const folder = temporaryWorkspace(test, {
      'worker.log': 'd\n',
      'worker.log.1': 'b\nc\n',
      'worker.log.2': 'a\n',
    });
    assert.equal(await readLogTail(join(folder, 'worker.log'), 3), 'b\nc\nd\n');
    assert.equal(await readLogTail(join(folder, 'worker.log'), 9), 'a\nb\nc\nd\n');
  });

  it('begins with the last lines', async (test) => {
    const folder = temporaryWorkspace(test, { 'worker.log': 'a\nb\nc\n' });
    let read = '';
    const follower = new LogFollower(join(folder, 'worker.log'), new ManualClock(), (text) => (read += text));
    await follower.start(2);
    await follower.stop();
    assert.equal(read, 'b\nc\n');
  });
});
