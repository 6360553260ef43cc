import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { it } from 'node:test';
import { EventStream } from '../../src/http/event-stream.ts';
import { scriptedCrew } from '../extension/scripted-crew.ts';
import { ManualClock } from '../manual-clock.ts';
import { waitFor } from '../wait-for.ts';

it('cuts off a reader that does not read, and keeps only so much for those who come back', async () => {
  const clock = new ManualClock(0);
  const events = new EventStream(clock, () => undefined);
  const crew = scriptedCrew();
  events.began(crew);
  const responses: ServerResponse[] = [];
  const server = createServer((_request, response) => {
    events.add(response, crew, undefined);
    responses.push(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await waitFor('the reader to be taken', () => events.readers === 1);
  // What the system's buffers take, and then what is left unread.
  for (let sent = 0; sent < 200 && events.readers === 1; sent++) {
    events.changed({ sequence: sent, text: 'x'.repeat(512 * 1024) });
    await new Promise(setImmediate);
  }
  await waitFor('the reader to be cut off', () => events.readers === 0);
  assert.ok(responses[0]!.destroyed);
  socket.destroy();
  server.close();
  await once(server, 'close');
});

it('cuts off a reader that takes nothing for three beats', async () => {
  const clock = new ManualClock(0);
  const events = new EventStream(clock, () => undefined);
  const written: string[] = [];
  let destroyed = false;
  let closed: () => void = () => undefined;
  const response = {
    writableLength: 10,
    write: (text: string) => written.push(text),
    once: (_name: string, listener: () => void) => (closed = listener),
    on: () => undefined,
    destroy: () => {
      destroyed = true;
      closed();
    },
  };
  events.add(response as never, scriptedCrew(), undefined);
  clock.advance(15_000);
  clock.advance(15_000);
  assert.equal(destroyed, false);
  assert.equal(written.at(-1), ': alive\n\n');
  clock.advance(15_000);
  assert.equal(destroyed, true);
  assert.equal(events.readers, 0);
});
