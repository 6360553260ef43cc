import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MAX_HEADER_BYTES } from '../../src/protocol/frame-header.ts';
import { encodeFrame, FrameDecoder, type StrayReason } from '../../src/protocol/framing.ts';

interface Decoded {
  frames: string[];
  /** Neighbouring bytes of the same reason in one entry, so that it does not matter how the stream was cut. */
  stray: { text: string; reason: StrayReason }[];
}

function decode(chunks: (Buffer | string)[], maxBytes?: number, end = true): Decoded {
  const decoded: Decoded = { frames: [], stray: [] };
  const decoder = new FrameDecoder({
    ...(maxBytes === undefined ? {} : { maxBytes }),
    onFrame: (body) => decoded.frames.push(body.toString('latin1')),
    onStray: (bytes, reason) => {
      assert.notEqual(bytes.length, 0);
      const last = decoded.stray.at(-1);
      if (last?.reason === reason) last.text += bytes.toString('latin1');
      else decoded.stray.push({ text: bytes.toString('latin1'), reason });
    },
  });
  for (const chunk of chunks) decoder.push(Buffer.from(chunk));
  if (end) decoder.end();
  return decoded;
}

const hello = '{"hello":1}';
const frame = `Content-Length: ${hello.length}\r\n\r\n${hello}`;

function cut(stream: Buffer, places: number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (stream.length + 1)))].sort((a, b) => a - b);
  return [...sorted, stream.length].map((end, index) => stream.subarray(sorted[index - 1] ?? 0, end));
}

describe('encodeFrame', () => {
  it('counts bytes, not characters', () => {
    assert.equal(encodeFrame('{"name":"Zoë"}').toString(), 'Content-Length: 15\r\n\r\n{"name":"Zoë"}');
  });

  it('takes bytes as they are', () => {
    assert.deepEqual(encodeFrame(Buffer.from(hello)), encodeFrame(hello));
  });
});

describe('FrameDecoder', () => {
  it('yields several frames of one chunk', () => {
    assert.deepEqual(decode([frame + frame + frame]), { frames: [hello, hello, hello], stray: [] });
  });

  it('yields a frame that came byte by byte', () => {
    assert.deepEqual(decode([...frame]), { frames: [hello], stray: [] });
  });

  const tolerated: Record<string, string> = {
    'LF alone': `Content-Length: ${hello.length}\n\n${hello}`,
    'lower case': `content-length:${hello.length}\r\n\r\n${hello}`,
    'blanks around the number': `Content-Length: \t ${hello.length} \r\n\r\n${hello}`,
    'leading zeros': `Content-Length: 000${hello.length}\r\n\r\n${hello}`,
    'Content-Type behind': `Content-Length: ${hello.length}\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n${hello}`,
    'Content-Type in front': `Content-Type: application/json\r\nContent-Length: ${hello.length}\r\n\r\n${hello}`,
  };
  for (const [name, variant] of Object.entries(tolerated)) {
    it(`tolerates a header with ${name}`, () => {
      const expected = { frames: [hello, hello], stray: [] };
      assert.deepEqual(decode([variant + frame]), expected);
      assert.deepEqual(decode([...(variant + frame)]), expected);
    });
  }

  const strays: [name: string, text: string, reason: StrayReason | StrayReason[]][] = [
    ['a printed line', 'hello\n', 'text'],
    ['a print without a line end', 'loading … 50%', 'text'],
    ['a CRLF line with a colon', 'Warning: low disk\r\n', 'text'],
    ['an empty line', '\r\n\r\n', 'text'],
    ['binary bytes', '\u0000\u00ff\u0080', 'text'],
    ['text that ends like a header begins', 'Conten', 'text'],
    ['half a header', 'Content-Length: 1', 'header'],
    ['a header that an interrupted write cut short', 'Content-Length: 40\r\n', 'header'],
    ['a header without its body', 'Content-Length: 40\r\n\r\n', ['header', 'text']],
    ['a negative length', 'Content-Length: -5\r\n\r\n', ['header', 'text']],
    ['a length that is no number', 'Content-Length: many\r\n\r\n', ['header', 'text']],
    ['no length at all', 'Content-Type: text/html\r\n\r\n', ['header', 'text']],
    ['a body of nothing', 'Content-Length: 0\r\n\r\n', ['header', 'text']],
    ['an HTTP response', 'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<html>', ['text', 'header', 'text']],
    ['a length no integer holds', `Content-Length: ${'9'.repeat(40)}\r\n\r\n{`, ['header', 'text']],
    ['a header block without an end', `Content-Type: ${'a'.repeat(2 * MAX_HEADER_BYTES)}`, 'header'],
  ];
  for (const [name, text, reason] of strays) {
    it(`reports ${name} and goes on with the next frame`, () => {
      const stream = Buffer.concat([Buffer.from(frame), Buffer.from(text, 'latin1'), Buffer.from(frame)]);
      for (const chunks of [[stream], [...stream].map((byte) => Buffer.of(byte))]) {
        const { frames, stray } = decode(chunks);
        assert.deepEqual(frames, [hello, hello]);
        assert.equal(
          stray.map((piece) => piece.text).join(''),
          Buffer.from(text, 'latin1').toString('latin1'),
        );
        if (chunks.length === 1)
          assert.deepEqual(
            stray.map((piece) => piece.reason),
            [reason].flat(),
          );
      }
    });
  }

  it('does not wait with text that cannot become a header', () => {
    assert.deepEqual(decode(['step 1 of 9'], undefined, false).stray, [
      { text: 'step 1 of 9', reason: 'text' },
    ]);
  });

  it('accepts a body at the limit and skips one above it', () => {
    const body = (length: number) => `{"data":"${'x'.repeat(length - 11)}"}`;
    const fits = encodeFrame(body(1000));
    const oversized = encodeFrame(body(1001));
    const stream = Buffer.concat([fits, oversized, fits]);
    const expected = {
      frames: [body(1000), body(1000)],
      stray: [{ text: oversized.toString(), reason: 'oversized' }],
    };
    assert.deepEqual(decode([stream], 1000), expected);
    assert.deepEqual(decode(cut(stream, [1, 500, 1020, 1030, 1500, 2030]), 1000), expected);
  });

  it('tells of a frame above the limit in its place, once it has gone by whole', () => {
    const body = (length: number): string => `{"data":"${'x'.repeat(length - 11)}"}`;
    const told: string[] = [];
    const decoder = new FrameDecoder({
      maxBytes: 1000,
      onFrame: (frame) => told.push(`frame ${frame.length}`),
      onStray: () => undefined,
      onOversized: (length, beginning) =>
        told.push(`oversized ${length} ${beginning.toString().slice(0, 9)}`),
    });
    const stream = Buffer.concat([
      encodeFrame(body(1000)),
      encodeFrame(body(5000)),
      encodeFrame(body(1001)),
      encodeFrame(body(20)),
      Buffer.from(`Content-Length: 99999999999\r\n\r\n{"a":1}`),
      encodeFrame(body(30)),
    ]);
    for (const chunk of cut(stream, [900, 1020, 1030, 1050, 3000, 6100, 7000])) decoder.push(chunk);
    assert.deepEqual(told, [
      'frame 1000',
      'oversized 5000 {"data":"',
      'oversized 1001 {"data":"',
      'frame 20',
      'frame 30',
    ]);
  });

  it('finds the frames behind a nonsensical length', () => {
    const { frames, stray } = decode([`Content-Length: 99999999999\r\n\r\n{"a":1}`, frame, frame]);
    assert.deepEqual(frames, [hello, hello]);
    assert.deepEqual(
      stray.map((piece) => piece.reason),
      ['oversized'],
    );
  });

  it('puts a body of many chunks together', () => {
    const body = `{"data":"${'0123456789'.repeat(40_000)}"}`;
    const stream = encodeFrame(body);
    const chunks = cut(
      stream,
      Array.from({ length: 400 }, (_, index) => index * 997),
    );
    assert.deepEqual(decode([...chunks, frame]), { frames: [body, hello], stray: [] });
  });

  it('claims memory for what came, not for what was promised', () => {
    const before = process.memoryUsage().arrayBuffers;
    const decoders = Array.from({ length: 50 }, () => {
      const decoder = new FrameDecoder({ onFrame: () => {}, onStray: () => {} });
      decoder.push(Buffer.from('Content-Length: 60000000\r\n\r\n{"a'));
      return decoder;
    });
    assert.ok(process.memoryUsage().arrayBuffers - before < 50 * 1024 * 1024);
    for (const decoder of decoders) decoder.end();
  });

  it('reports what the end of the stream cut off', () => {
    assert.deepEqual(decode([frame + frame.slice(0, -4)]), {
      frames: [hello],
      stray: [{ text: '{"hello"'.slice(0, -1), reason: 'header' }],
    });
    assert.deepEqual(decode(['Content-Len']).stray, [{ text: 'Content-Len', reason: 'header' }]);
  });

  const bodies = fc.jsonValue().map((value) => JSON.stringify({ value }));
  const lines = fc.constantFrom(
    'hello\n',
    'Content-',
    'Content-Length: 7',
    'Content-Length: 7\r\n',
    'Content-Length: 7\r\n\r\n',
    'content-length: -1\n\n',
    'Content-Type: a\r\n\r\n',
    'C',
    '\r\n',
    'a: b\r\n',
  );
  const stray = fc.array(fc.oneof(fc.string(), lines), { maxLength: 4 }).map((parts) => {
    // What cannot be told from a part of a frame: a header block with `{` behind it, and further headers in front.
    return parts
      .join('')
      .replaceAll('{', '')
      .replace(/(?:Content-(?!Length:)[A-Za-z-]+:[^\r\n]*\r?\n)+$/i, '');
  });

  it('yields every frame, and every other byte as stray, wherever the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ body: bodies, before: stray })),
        stray,
        fc.array(fc.nat()),
        (parts, after, places) => {
          const stream = Buffer.concat([
            ...parts.flatMap(({ body, before }) => [Buffer.from(before), encodeFrame(body)]),
            Buffer.from(after),
          ]);
          const decoded = decode(cut(stream, places));
          assert.deepEqual(
            decoded.frames,
            parts.map(({ body }) => Buffer.from(body).toString('latin1')),
          );
          assert.equal(
            decoded.stray.map(({ text }) => text).join(''),
            Buffer.from(parts.map(({ before }) => before).join('') + after).toString('latin1'),
          );
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('never loses or invents a byte, whatever comes', () => {
    const pieces = fc.oneof(
      lines,
      fc.string(),
      fc.constant('{'),
      bodies,
      bodies.map((body) => encodeFrame(body).toString()),
    );
    fc.assert(
      fc.property(fc.array(pieces), fc.array(fc.nat()), (parts, places) => {
        const stream = Buffer.from(parts.join(''));
        let length = 0;
        const decoder = new FrameDecoder({
          maxBytes: 40,
          onFrame: (body) => (length += body.length),
          onStray: (bytes) => (length += bytes.length),
        });
        for (const chunk of cut(stream, places)) decoder.push(chunk);
        decoder.end();
        assert.ok(length <= stream.length);
        const whole = decode([stream], 40);
        assert.deepEqual(decode(cut(stream, places), 40).frames, whole.frames);
      }),
      { numRuns: 2000 },
    );
  });
});
