/** A face that does not read costs a bounded amount of memory, and the others nothing. Through real sockets. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Notice } from '../../src/control/api.ts';
import type { CrewState, ServerInfo, StateDelta } from '../../src/control/crew-state.ts';
import { CONTROL_VERSION, LARGEST_REQUEST } from '../../src/control/api.ts';
import { openControlClient } from '../../src/control/client.ts';
import type { ControlClient } from '../../src/control/client-contract.ts';
import { systemClock } from '../../src/core/clock.ts';
import { encodeFrame, FrameDecoder } from '../../src/protocol/framing.ts';
import { ControlServer } from '../../src/supervisor/control-server.ts';
import { MOST_UNREAD_BYTES } from '../../src/supervisor/face-stream.ts';
import type { OperationContext } from '../../src/supervisor/operations/context.ts';
import { waitFor } from '../wait-for.ts';

const TOKEN = 'secret';
const MEGABYTE = 1024 * 1024;

/** A control server whose state is as large as wanted, and counts how often it was asked for. */
class Scene {
  readonly folder = mkdtempSync(join(tmpdir(), 'nightcrew-faces-'));
  readonly path = join(this.folder, 's');
  readonly warnings: string[] = [];
  readonly subscribers = new Set<(delta: StateDelta) => void>();
  readonly server: ControlServer;
  readonly #sockets: Socket[] = [];
  asked = 0;
  stateText = 'x'.repeat(MEGABYTE);

  constructor() {
    const context = {
      clock: systemClock,
      log: {
        info: () => undefined,
        warn: (text: string) => this.warnings.push(text),
        error: () => undefined,
      },
      server: () => ({ serverId: 's' }) as ServerInfo,
      state: () => {
        this.asked++;
        return { filler: this.stateText } as unknown as CrewState;
      },
      feed: {
        subscribe: (subscriber: (delta: StateDelta) => void) => {
          this.subscribers.add(subscriber);
          return () => this.subscribers.delete(subscriber);
        },
      },
    } as unknown as OperationContext;
    this.server = new ControlServer(context, TOKEN);
  }

  async client(): Promise<ControlClient> {
    return openControlClient(await this.#socket(), {
      token: TOKEN,
      version: CONTROL_VERSION,
      client: 'test',
    });
  }

  /** A face that was greeted and reads nothing from now on. */
  async deaf(): Promise<Socket & { ask: (method: string, id: number, filler?: string) => void }> {
    const socket = await this.#socket();
    const ask = (method: string, id: number | string, params: object = {}): void =>
      void socket.write(encodeFrame(JSON.stringify({ jsonrpc: '2.0', id, method, params })));
    const answered = new Promise<void>((resolve) => {
      const decoder = new FrameDecoder({ onFrame: () => resolve(), onStray: () => assert.fail('stray') });
      socket.on('data', (chunk: Buffer) => decoder.push(chunk));
    });
    ask('connect', 'c', { token: TOKEN, version: CONTROL_VERSION, client: 'deaf' });
    await answered;
    socket.removeAllListeners('data');
    socket.pause();
    return Object.assign(socket, {
      ask: (method: string, id: number, filler?: string) => ask(method, id, { filler }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.server.refuse();
    await this.server.close();
    rmSync(this.folder, { recursive: true });
  }

  async #socket(): Promise<Socket> {
    const socket = connect(this.path);
    socket.on('error', () => undefined);
    this.#sockets.push(socket);
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    return socket;
  }
}

async function listening(): Promise<Scene> {
  const scene = new Scene();
  await scene.server.listen(scene.path);
  return scene;
}

const notice = (filler: string): Notice => ({ severity: 'info', message: filler });

describe('a face that does not read', () => {
  it('is asked no more answers of the supervisor than fit into the bound, and gets all of them when it reads', async () => {
    await using scene = await listening();
    const deaf = await scene.deaf();
    const other = await scene.client();
    for (let id = 0; id < 100; id++) deaf.ask('status', id);
    // What was taken is in its buffers; a conversation with another face shows that the server has had its turns.
    await waitFor('the first answers', () => scene.asked >= MOST_UNREAD_BYTES / MEGABYTE);
    for (let turn = 0; turn < 50; turn++)
      await other.request('crewFile' as never, {} as never).catch(() => 0);
    const most = MOST_UNREAD_BYTES / MEGABYTE + 8;
    assert.ok(scene.asked <= most, `${scene.asked} answers of 1 MB were made`);
    assert.equal(scene.server.clients, 2);

    let answers = 0;
    const decoder = new FrameDecoder({ onFrame: () => answers++, onStray: () => assert.fail('stray') });
    deaf.on('data', (chunk: Buffer) => decoder.push(chunk));
    deaf.resume();
    await waitFor('all answers', () => answers === 100, { seen: () => `${answers} answers` });
    assert.equal(scene.asked, 100);
    assert.deepEqual(scene.warnings, []);
  });

  it('is cut off when it has left too many notices unread; others get every one', async () => {
    await using scene = await listening();
    const deaf = await scene.deaf();
    const cut = new Promise<void>((resolve) => deaf.once('close', () => resolve()));
    const other = await scene.client();
    let heard = 0;
    other.on('notice', () => heard++);
    const filler = 'n'.repeat(MEGABYTE / 4);
    for (let told = 0; told < 100; told++) {
      scene.server.notice(notice(filler));
      await waitFor('the notice', () => heard === told + 1);
    }
    assert.equal(scene.server.clients, 1);
    assert.equal(scene.warnings.length, 1);
    assert.match(
      scene.warnings[0]!,
      /^The connection of a face \(deaf\) was cut off: it has left \d+ bytes unread\.$/,
    );
    deaf.resume();
    await cut;
  });

  it('is cut off when it has left too many deltas unread, and gets the whole state when it connects anew', async () => {
    await using scene = await listening();
    const deaf = await scene.deaf();
    deaf.ask('subscribe', 1);
    await waitFor('the subscription', () => scene.subscribers.size === 1);
    const delta = { sequence: 1, removedPools: ['p'.repeat(MEGABYTE / 4)] };
    for (let told = 0; told < 100; told++) for (const subscriber of scene.subscribers) subscriber(delta);
    await waitFor('the end of its subscription', () => scene.subscribers.size === 0);
    const again = await scene.client();
    const deltas: number[] = [];
    again.on('state/changed', ({ sequence }) => deltas.push(sequence));
    assert.ok('filler' in (await again.request('subscribe', {})));
    for (const subscriber of scene.subscribers) subscriber({ sequence: 2 });
    await waitFor('a delta', () => deltas.length > 0);
    assert.deepEqual(deltas, [2]);
  });

  it('that wants a state larger than the bound gets it, with the deltas that follow', async () => {
    await using scene = await listening();
    scene.stateText = 'x'.repeat(3 * MOST_UNREAD_BYTES);
    const client = await scene.client();
    const deltas: number[] = [];
    client.on('state/changed', ({ sequence }) => deltas.push(sequence));
    const state = client.request('subscribe', {});
    await waitFor('the subscription', () => scene.subscribers.size === 1);
    for (const sequence of [1, 2, 3]) for (const subscriber of scene.subscribers) subscriber({ sequence });
    assert.ok('filler' in (await state));
    await waitFor('the deltas', () => deltas.length === 3);
  });

  it('or one that sends a request above the limit, or no message at all, is cut off', async () => {
    await using scene = await listening();
    const large = await scene.deaf();
    large.write(`Content-Length: ${LARGEST_REQUEST + 1}\r\n\r\n{`);
    await waitFor('the first end', () => scene.server.clients === 0);
    const garbage = await scene.deaf();
    garbage.write('GET / HTTP/1.1\r\n\r\n');
    await waitFor('the second end', () => scene.server.clients === 0);
    assert.match(scene.warnings.join(), /above the limit of 67108864 bytes.*no message/);
  });
});
