import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { LogFollower } from '../../src/control/log-follow.ts';
import { systemClock } from '../../src/core/clock.ts';
import { LEAST_WAITING_BYTES } from '../../src/keeper/memory-budget.ts';
import { waitFor } from '../wait-for.ts';
import { python, TemporaryKeeper } from './temporary-keeper.ts';

const MEGABYTE = 1_000_000;
/** What a keeper may grow by: the limits of messages and log of one worker, and the garbage of relaying them. */
const MAX_GROWTH_MEGABYTES = 80;
/** What many workers share here: as much as four may hold each, so a dozen shows the same as sixty with the ordinary budget. */
const SHARED_BYTES = 32 * 1024 * 1024;
/** A keeper's growth for them: that, what stands in streams before it, and the same garbage. */
const MAX_SHARED_MEGABYTES = 130;

/** The most memory the process has ever had, in megabytes. */
async function peakMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return (Number(/VmHWM:\s+(\d+)/.exec(status)![1]) * 1024) / MEGABYTE;
}

/** What a process has written so far, to whatever. */
async function writtenBytes(pid: number): Promise<number> {
  return Number(/wchar: (\d+)/.exec(await readFile(`/proc/${pid}/io`, 'utf8'))![1]);
}

/** Oldest first, of those that exist. */
async function logFiles(file: string): Promise<Buffer[]> {
  const files = [`${file}.3`, `${file}.2`, `${file}.1`, file].filter((name) => existsSync(name));
  return Promise.all(files.map((name) => readFile(name)));
}

/** The numbers that `flood.py` wrote, line for line; throws for a line that is torn. */
function numbersOf(content: string, prefix: string): number[] {
  return content
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('[nightcrew]'))
    .map((line) => {
      assert.ok(line.startsWith(prefix) && line.endsWith('.') && line.length === prefix.length + 99, line);
      return Number(line.slice(prefix.length, -1));
    });
}

/** The lines of one stream of `flood_both.py`. */
function linesOf(content: string, stream: string): string[] {
  return content.split('\n').filter((line) => line.includes(stream));
}

/** Throws unless the lines of each stream are whole and follow each other. */
function assertConsecutive(content: string): void {
  for (const [stream, start] of [
    ['stdout ', '[stdout] stdout '],
    ['stderr ', 'stderr '],
  ] as const) {
    const numbers = linesOf(content, stream).map((line) => {
      assert.ok(line.startsWith(start) && line.endsWith('.') && line.length === start.length + 92, line);
      return Number(line.slice(start.length, -1));
    });
    const gap = numbers.findIndex((number, index) => number !== numbers[0]! + index);
    assert.equal(gap, -1, `${stream}${numbers[gap - 1]} is followed by ${numbers[gap]}`);
  }
}

describe('a worker that floods', () => {
  it('its stderr: the log rotates at full speed without losing or tearing a line', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const before = await peakMegabytes(client.pid);
    const { handle } = await keeper.spawn(client, python('flood.py', 2, 60 * MEGABYTE));
    await seen.untilExit(handle);
    const files = await logFiles(keeper.logFile('a-1'));
    assert.equal(files.length, 4);
    for (const file of files) assert.ok(file.length <= 10 * MEGABYTE, `${file.length}`);
    const numbers = numbersOf(Buffer.concat(files).toString('latin1'), '');
    assert.equal(numbers.at(-1), 599_999);
    assert.equal(numbers[0], 599_999 - numbers.length + 1);
    assert.ok(numbers.every((number, index) => number === numbers[0]! + index));
    assert.ok(numbers.length > 300_000, `${numbers.length}`);
    const growth = (await peakMegabytes(client.pid)) - before;
    assert.ok(growth < MAX_GROWTH_MEGABYTES, `${growth} MB`);
    await client.close('end');
  });

  it('both of its streams at once: every line whole and in order, and once for who follows the log', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const shown: string[] = [];
    const follower = new LogFollower(keeper.logFile('a-1'), systemClock, (text) => shown.push(text));
    await follower.start(0);
    const { handle } = await keeper.spawn(client, python('flood_both.py', 30 * MEGABYTE));
    await seen.untilExit(handle);
    const kept = Buffer.concat(await logFiles(keeper.logFile('a-1'))).toString('latin1');
    const last = kept.slice(-200);
    await waitFor('the log to be shown to its end', () => shown.slice(-3).join('').endsWith(last));
    await follower.stop();
    assertConsecutive(kept);
    for (const stream of ['stdout ', 'stderr ']) assert.ok(linesOf(kept, stream).length > 0, stream);
    // Who is slower than three rotations is told that something is missing; what is shown is whole all the same.
    const parts = shown.join('').split(/^\[nightcrew\] What was written here .*\n/m);
    for (const part of parts) assertConsecutive(part);
    if (parts.length === 1) assert.equal(linesOf(parts[0]!, 'stdout ').length, 300_000);
    await client.close('end');
  });

  it('its stdout with 200 MB that are no messages: into the log, within bounds, others go on', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const calm = await keeper.spawn(client, python('echo.py'), { worker: 'calm' });
    const before = await peakMegabytes(client.pid);
    const { handle } = await keeper.spawn(client, python('flood.py', 1, 200 * MEGABYTE));
    // A conversation with the calm worker, for as long as the flood lasts.
    const frame = () => client.send(calm.handle, '{}');
    seen.onMessage = (from, sequence) => {
      client.acknowledge(from, sequence);
      if (!seen.exits.has(handle)) frame();
    };
    frame();
    await seen.untilExit(handle);
    assert.ok(seen.messages.length > 20, `${seen.messages.length} answers during the flood`);
    const numbers = numbersOf(
      Buffer.concat(await logFiles(keeper.logFile('a-1'))).toString('latin1'),
      '[stdout] ',
    );
    assert.equal(numbers.at(-1), 1_999_999);
    assert.equal(
      seen.strays.reduce((sum, { bytes }) => sum + bytes, 0),
      200 * MEGABYTE,
    );
    const growth = (await peakMegabytes(client.pid)) - before;
    assert.ok(growth < MAX_GROWTH_MEGABYTES, `${growth} MB`);
    await client.close('end');
  });

  it('a dozen of them, whose messages nobody acknowledges: bounded together, and all go on from there', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start(undefined, SHARED_BYTES);
    const calm = await keeper.spawn(client, python('echo.py'), { worker: 'calm' });
    const before = await peakMegabytes(client.pid);
    // More than one of them may have waiting, so that none ends before it is stopped.
    const count = 9_000;
    const flooders = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        keeper.spawn(client, python('count.py', count, 1000), { worker: `flood-${index}` }),
      ),
    );
    await Promise.all(flooders.map(({ handle }) => client.closeInput(handle)));
    const written = async (): Promise<number[]> =>
      Promise.all(flooders.map(({ identity }) => writtenBytes(identity.pid)));
    const sum = async (): Promise<number> => (await written()).reduce((total, bytes) => total + bytes, 0);
    // What the keeper takes, the pipes' and the streams' buffers behind it.
    const buffers = flooders.length * 3 * 64 * 1024;
    await waitFor('them to be stopped', async () => (await sum()) > SHARED_BYTES * 0.9);
    // A conversation with the calm worker, longer than they would need for more.
    let answers = 0;
    seen.onMessage = (from, sequence) => {
      if (from !== calm.handle) return;
      client.acknowledge(from, sequence);
      if (++answers < 100) client.send(calm.handle, '{}');
    };
    client.send(calm.handle, '{}');
    await waitFor('the conversation', () => answers === 100);
    assert.ok((await sum()) < SHARED_BYTES + buffers, `${await sum()} bytes were taken`);
    const least = Math.min(...(await written()));
    assert.ok(least > LEAST_WAITING_BYTES, `one was starved: ${least} bytes`);
    const growth = (await peakMegabytes(client.pid)) - before;
    assert.ok(growth < MAX_SHARED_MEGABYTES, `${growth} MB`);

    const heard = new Map<number, number>();
    seen.onMessage = (handle, sequence) => {
      client.acknowledge(handle, sequence);
      heard.set(handle, sequence);
    };
    for (const { handle } of flooders) client.acknowledge(handle, seen.sequences(handle).at(-1) ?? 0);
    await Promise.all(flooders.map(({ handle }) => seen.untilExit(handle)));
    for (const { handle } of flooders) assert.equal(heard.get(handle), count);
    assert.ok((await peakMegabytes(client.pid)) - before < MAX_SHARED_MEGABYTES);
    await client.close('end');
  });

  it('with 200 MB of messages nobody acknowledges: it is stopped, and goes on from there', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const before = await peakMegabytes(client.pid);
    const count = 200_000;
    const { handle, identity } = await keeper.spawn(client, python('count.py', count, 1000));
    await client.closeInput(handle);
    // The window comes, the keeper takes its eight megabytes, and then the worker cannot write any more.
    // A window of 256 KiB has 254 of them; how many more come with the last piece depends on how the pipe cut them.
    await seen.untilMessages(250);
    await waitFor('the worker to be stopped', async () => (await writtenBytes(identity.pid)) > 8 * MEGABYTE);
    await client.logTail(handle, 1);
    assert.ok(seen.messages.length < 400, `${seen.messages.length}`);
    const written = await writtenBytes(identity.pid);
    assert.ok(written < 9 * MEGABYTE, `${written} bytes written`);
    assert.ok((await peakMegabytes(client.pid)) - before < MAX_GROWTH_MEGABYTES);

    seen.onMessage = (_, sequence) => client.acknowledge(handle, sequence);
    client.acknowledge(handle, seen.messages.length);
    await seen.untilExit(handle);
    assert.equal(seen.messages.length, count);
    assert.ok(
      seen.messages.every(
        ({ sequence, body }, index) => sequence === index + 1 && body.startsWith(`{"n":${sequence},`),
      ),
    );
    const growth = (await peakMegabytes(client.pid)) - before;
    assert.ok(growth < MAX_GROWTH_MEGABYTES, `${growth} MB`);
    await client.close('end');
  });
});
