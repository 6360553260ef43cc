/** What a face is told when the supervisor goes away under it, or does not know what it asks for. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { ControlError, ControlErrorCode } from '../../src/control/control-error.ts';
import { openControlClient } from '../../src/control/client.ts';
import { encodeFrame } from '../../src/protocol/framing.ts';
import { waitFor } from '../wait-for.ts';

const greeting = { token: 't', version: 1, client: 'test' };

/** A client that was greeted, and both ends of its connection. */
async function greeted(): Promise<{
  client: Awaited<ReturnType<typeof openControlClient>>;
  near: Socket;
  far: Socket;
  [Symbol.dispose](): void;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'nightcrew-client-'));
  const server = createServer().listen(join(folder, 's'));
  await once(server, 'listening');
  const near = connect(join(folder, 's'));
  const [far] = (await once(server, 'connection')) as [Socket];
  const peer = createMessageConnection(new StreamMessageReader(far), new StreamMessageWriter(far));
  peer.onRequest('connect', () => ({ serverId: 's' }));
  peer.onError(() => undefined);
  peer.listen();
  const dispose = (): void => {
    for (const socket of [near, far]) socket.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  };
  return { client: await openControlClient(near, greeting), near, far, [Symbol.dispose]: dispose };
}

const isClosed = (error: unknown): boolean =>
  error instanceof ControlError && error.code === ControlErrorCode.ending && error.nextStep !== undefined;

describe('a control client', () => {
  it('says that the connection closed when the supervisor goes during a request', async () => {
    using scene = await greeted();
    const answer = scene.client.request('status', {});
    scene.far.destroy();
    await assert.rejects(answer, isClosed);
  });

  it('says so too when the request could not even be written', async () => {
    using scene = await greeted();
    scene.near.end();
    await assert.rejects(scene.client.request('status', {}), isClosed);
  });

  it('hears all that was said before the connection closed, however much came at once', async () => {
    using scene = await greeted();
    const heard: string[] = [];
    scene.client.on('notice', ({ message }) => heard.push(message));
    scene.client.onClose(() => heard.push('closed'));
    const answer = scene.client.request('down', { mode: 'abort' }).then(() => heard.push('answered'));
    const [question] = (await once(scene.far, 'data')) as [Buffer];
    const { id } = JSON.parse(question.toString().split('\r\n').at(-1)!) as { id: number };
    const notices = [1, 2, 3, 4, 5].map((n) => ({ method: 'notice', params: { message: String(n) } }));
    const messages = [...notices, { id, result: { outcomes: [], ended: true } }].map((message) =>
      encodeFrame(JSON.stringify({ jsonrpc: '2.0', ...message })),
    );
    scene.far.end(Buffer.concat(messages));
    await answer;
    await waitFor('the end of the connection', () => heard.includes('closed'));
    assert.deepEqual(heard, ['1', '2', '3', '4', '5', 'answered', 'closed']);
  });

  it('says so too when it was closed by its own side', async () => {
    using scene = await greeted();
    scene.client.close();
    await assert.rejects(scene.client.request('status', {}), isClosed);
  });

  it('says of a method that the supervisor does not know how to get one that does', async () => {
    using scene = await greeted();
    await assert.rejects(scene.client.request('explain', { job: 1 }), (error: ControlError) => {
      assert.match(error.message, /older version, which does not know "explain"/);
      assert.match(error.nextStep!, /nightcrew up/);
      return error.code === ControlErrorCode.refused;
    });
  });
});
