import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import {
  FrameKind,
  FrameReader,
  FrameWriter,
  HEADER_BYTES,
  WireError,
  writeHeader,
} from '../../src/keeper/wire.ts';

interface Frame {
  kind: number;
  handle: number;
  sequence: number;
  body: string;
}

function encode(frames: readonly Frame[]): Buffer {
  return Buffer.concat(
    frames.map(({ kind, handle, sequence, body }) => {
      const bytes = Buffer.from(body);
      const header = Buffer.alloc(HEADER_BYTES);
      writeHeader(header, 0, kind as FrameKind, handle, sequence, bytes.length);
      return Buffer.concat([header, bytes]);
    }),
  );
}

function collect(limit = 1024 * 1024): { frames: Frame[]; reader: FrameReader } {
  const frames: Frame[] = [];
  const reader = new FrameReader(limit, (kind, handle, sequence, body) => {
    frames.push({ kind, handle, sequence, body: body.toString('utf8') });
  });
  return { frames, reader };
}

const frame = fc.record(
  {
    kind: fc.constantFrom(...Object.values(FrameKind)),
    handle: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    sequence: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    body: fc.string({ unit: 'grapheme', maxLength: 300 }),
  },
  { noNullPrototype: true },
);

describe('FrameReader', () => {
  it('gives back what was written, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 400 })), (sent, cuts) => {
        const { frames, reader } = collect();
        let rest = encode(sent);
        for (const cut of cuts) {
          reader.push(rest.subarray(0, cut));
          rest = rest.subarray(cut);
        }
        reader.push(rest);
        assert.deepEqual(frames, sent);
      }),
    );
  });

  it('takes a stream that comes byte by byte', () => {
    const sent = [
      { kind: FrameKind.message, handle: 1, sequence: 2 ** 40, body: '{"a":1}' },
      { kind: FrameKind.replaced, handle: 0, sequence: 0, body: '' },
    ];
    const { frames, reader } = collect();
    for (const byte of encode(sent)) reader.push(Buffer.from([byte]));
    assert.deepEqual(frames, sent);
  });

  it('refuses a body above the limit before it reserves memory for it', () => {
    const { reader } = collect(1000);
    const header = Buffer.alloc(HEADER_BYTES);
    writeHeader(header, 0, FrameKind.request, 0, 1, 1001);
    assert.throws(() => reader.push(header), WireError);
  });

  it('delivers nothing after it was stopped, not even the rest of the chunk', () => {
    const delivered: number[] = [];
    const reader = new FrameReader(1000, (_kind, _handle, sequence) => {
      delivered.push(sequence);
      reader.stop();
    });
    const one = { kind: FrameKind.message, handle: 1, body: '{}' };
    reader.push(
      encode([
        { ...one, sequence: 1 },
        { ...one, sequence: 2 },
      ]),
    );
    reader.push(encode([{ ...one, sequence: 3 }]));
    assert.deepEqual(delivered, [1]);
  });
});

describe('FrameWriter', () => {
  it('sends all frames of a turn with one write, in order, those gathered for its end last', async () => {
    const writes: Buffer[][] = [];
    const socket = new Writable({
      writev: (chunks, done) => {
        writes.push(chunks.map(({ chunk }) => chunk as Buffer));
        done();
      },
    }) as Socket;
    let gathered = 0;
    const writer = new FrameWriter(socket, () => {
      if (gathered++ === 0) writer.bare(FrameKind.acknowledge, 7, 9);
    });
    writer.json(FrameKind.request, 0, 1, { method: 'hello' });
    writer.encoded(encode([{ kind: FrameKind.input, handle: 7, sequence: 3, body: 'x' }]));
    assert.equal(writes.length, 0);
    await nextTurn();
    assert.equal(writes.length, 1);
    const { frames, reader } = collect();
    reader.push(Buffer.concat(writes[0]!));
    assert.deepEqual(frames, [
      { kind: FrameKind.request, handle: 0, sequence: 1, body: '{"method":"hello"}' },
      { kind: FrameKind.input, handle: 7, sequence: 3, body: 'x' },
      { kind: FrameKind.acknowledge, handle: 7, sequence: 9, body: '' },
    ]);
  });
});
