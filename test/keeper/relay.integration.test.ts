import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connect } from 'node:net';
import { KeeperError } from '../../src/keeper/contract.ts';
import { keeperSocket, readKeeperRecord, writeKeeperRecord } from '../../src/keeper/keeper-record.ts';
import { waitFor } from '../wait-for.ts';
import { python, TemporaryKeeper } from './temporary-keeper.ts';

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);
const body = (n: number) => JSON.stringify({ n });

describe('messages through the keeper', () => {
  it('arrive in order and whole, in both directions', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const { handle } = await keeper.spawn(client, python('echo.py'));
    seen.onMessage = (from, sequence) => client.acknowledge(from, sequence);
    const bodies = numbers(1, 2000).map((n) => JSON.stringify({ n, text: 'ä€𝄞'.repeat(n % 50) }));
    const frames = bodies.map((text) => client.send(handle, text));
    assert.deepEqual(frames, numbers(1, 2000));
    await seen.untilMessages(2000);
    assert.deepEqual(seen.sequences(handle), numbers(1, 2000));
    assert.deepEqual(
      seen.messages.map((message) => message.body),
      bodies,
    );
    await client.close('end');
  });

  it('may be as large as several megabytes, amid small ones', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const { handle } = await keeper.spawn(client, python('echo.py'));
    const bodies = [1, 5_000_000, 2, 1_000_000, 70_000, 3].map((size) =>
      JSON.stringify({ p: 'x'.repeat(size) }),
    );
    seen.onMessage = (_, sequence) => client.acknowledge(handle, sequence);
    for (const text of bodies) client.send(handle, text);
    await seen.untilMessages(bodies.length);
    assert.deepEqual(
      seen.messages.map((message) => message.body),
      bodies,
    );
    await client.close('end');
  });

  it('are known by their handle before they come', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const known = new Set<number>();
    const early: number[] = [];
    seen.onMessage = (handle) => {
      if (!known.has(handle)) early.push(handle);
    };
    await Promise.all(
      numbers(1, 8).map(async (n) => {
        const { handle } = await keeper.spawn(client, python('count.py', 3), { worker: `a-${n}` });
        known.add(handle);
      }),
    );
    await seen.untilMessages(24);
    assert.deepEqual(early, []);
    await client.close('end');
  });

  it('are sent again to a successor unless acknowledged, and it learns what reached the worker', async () => {
    const keeper = await TemporaryKeeper.create();
    const first = await keeper.start();
    const { handle } = await keeper.spawn(first.client, python('echo.py'));
    for (const n of numbers(1, 10)) first.client.send(handle, body(n));
    await first.seen.untilMessages(10);
    first.client.acknowledge(handle, 6);
    // Answered after the acknowledgement was taken.
    await first.client.logTail(handle, 10);

    const second = await keeper.connect();
    await waitFor('the older supervisor to be told', () => first.seen.disconnected === 'replaced');
    assert.equal(second.client.kept[0]!.deliveredFrame, 10);
    await second.seen.untilMessages(4);
    assert.deepEqual(second.seen.sequences(handle), [7, 8, 9, 10]);
    assert.equal(second.client.send(handle, body(11)), 11);
    await second.seen.untilMessages(5);
    assert.deepEqual(second.seen.messages[4], { handle, sequence: 11, body: body(11) });
    second.client.acknowledge(handle, 11);
    await second.client.close('detach');

    const third = await keeper.connect();
    assert.equal(third.client.kept[0]!.deliveredFrame, 11);
    third.client.send(handle, body(12));
    await third.seen.untilMessages(1);
    assert.deepEqual(third.seen.sequences(handle), [12]);
    await third.client.close('end');
  });

  it('of a worker that ended meanwhile come before its exit, which comes again until it is forgotten', async () => {
    const keeper = await TemporaryKeeper.create();
    const first = await keeper.start();
    const { handle } = await keeper.spawn(first.client, python('count.py', 5));
    await first.seen.untilMessages(5);
    await first.client.closeInput(handle);
    await first.seen.untilExit(handle);
    first.client.acknowledge(handle, 2);
    await first.client.close('detach');

    const second = await keeper.connect();
    assert.equal(second.client.kept[0]!.exit?.code, 0);
    await second.seen.untilExit(handle);
    assert.deepEqual(second.seen.sequences(handle), [3, 4, 5]);
    assert.equal(second.seen.order.at(-1), `exit ${handle}`);
    await second.client.forget(handle);
    await assert.rejects(second.client.logTail(handle, 10), { code: 'ESRCH' });
    assert.throws(() => second.client.send(handle, '{}'), { code: 'ESRCH' });
    await second.client.close('detach');

    const third = await keeper.connect();
    assert.deepEqual(third.client.kept, []);
    await third.client.close('end');
  });

  it('do not reach an unread stdin without bound: the frames that were taken are known', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const { handle } = await keeper.spawn(client, ['sleep', '600']);
    const megabyte = JSON.stringify({ p: 'x'.repeat(1_000_000) });
    for (let n = 0; n < 100; n++) client.send(handle, megabyte);
    await waitFor('the overflow', () => seen.inputClosed.length === 1);
    const { reason, deliveredFrame } = seen.inputClosed[0]!;
    assert.equal(reason, 'overflow');
    assert.ok(deliveredFrame > 60 && deliveredFrame < 70, `${deliveredFrame}`);
    await client.close('detach');
    const { client: next } = await keeper.connect();
    assert.equal(next.kept[0]!.deliveredFrame, deliveredFrame);
    await next.close('end');
  });

  it('to a worker that has closed its stdin are reported as not delivered', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client, seen } = await keeper.start();
    const { handle } = await keeper.spawn(client, ['sh', '-c', 'exec 0<&-; echo closed >&2; exec sleep 600']);
    await waitFor('the worker', async () => (await client.logTail(handle, 100)).includes('closed'));
    client.send(handle, '{}');
    await waitFor('the news', () => seen.inputClosed.length === 1);
    assert.equal(seen.inputClosed[0]!.reason, 'broken');
    await client.close('end');
  });
});

describe('who may talk to the keeper', () => {
  it('must know the token', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client } = await keeper.start();
    const record = (await readKeeperRecord(keeper.folder))!;
    await writeKeeperRecord(keeper.folder, { ...record, token: 'wrong' });
    await assert.rejects(
      keeper.connect(),
      (error) => error instanceof KeeperError && error.code === 'EACCES',
    );
    // The one that is connected has not noticed.
    const { handle } = await keeper.spawn(client, ['true']);
    assert.ok(handle > 0);
    await writeKeeperRecord(keeper.folder, record);
    await client.close('end');
  });

  it('must say hello first, in few words', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client } = await keeper.start();
    for (const bytes of [Buffer.alloc(64, 0xff), Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.alloc(32)]) {
      const stranger = connect(keeperSocket(keeper.folder));
      stranger.on('error', () => {});
      stranger.end(bytes);
      stranger.resume();
      await waitFor('the keeper to hang up', () => stranger.closed);
    }
    assert.equal(await client.logTail((await keeper.spawn(client, ['true'])).handle, 10), '');
    await client.close('end');
  });

  it('gets an answer to a question that the keeper does not know', async () => {
    const keeper = await TemporaryKeeper.create();
    const { client } = await keeper.start();
    const asking = client as unknown as { request(method: string, params: object): Promise<unknown> };
    await assert.rejects(asking.request('dance', {}), { code: 'ENOSYS' });
    await client.close('end');
  });
});
