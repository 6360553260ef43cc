import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RetainedMessages } from '../../src/keeper/retained-messages.ts';
import { FrameKind, FrameReader, HEADER_BYTES } from '../../src/keeper/wire.ts';

interface Message {
  sequence: number;
  body: string;
}

function sent(retained: RetainedMessages): Message[] {
  const messages: Message[] = [];
  const reader = new FrameReader(Infinity, (kind, handle, sequence, body) => {
    assert.equal(kind, FrameKind.message);
    assert.equal(handle, 5);
    messages.push({ sequence, body: body.toString('latin1') });
  });
  retained.sendUnsent((frames) => reader.push(frames));
  return messages;
}

/** The obvious implementation, which the real one is compared with. */
class Model {
  kept: Message[] = [];
  last = 0;
  sent = 0;

  append(body: string): void {
    this.kept.push({ sequence: ++this.last, body });
  }

  send(): Message[] {
    const unsent = this.kept.filter(({ sequence }) => sequence > this.sent);
    this.sent = this.last;
    return unsent;
  }

  acknowledge(sequence: number): void {
    const limit = Math.min(sequence, this.sent);
    this.kept = this.kept.filter((message) => message.sequence > limit);
  }

  get bytes(): number {
    return this.kept.reduce((sum, { body }) => sum + body.length + HEADER_BYTES, 0);
  }
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('append' as const), size: fc.integer({ min: 1, max: 40_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('append' as const), size: fc.constant(200_000) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('send' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('acknowledge' as const),
      ahead: fc.integer({ min: -5, max: 12 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rewind' as const) }) },
);

describe('RetainedMessages', () => {
  it('keeps, sends and drops as the obvious implementation does', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const retained = new RetainedMessages(5);
        const model = new Model();
        for (const action of steps) {
          switch (action.do) {
            case 'append': {
              const body = String.fromCharCode(97 + (model.last % 26)).repeat(action.size);
              model.append(body);
              retained.append(Buffer.from(body, 'latin1'));
              break;
            }
            case 'send':
              assert.deepEqual(sent(retained), model.send());
              break;
            case 'acknowledge': {
              const sequence = (model.kept[0]?.sequence ?? model.last) + action.ahead;
              model.acknowledge(sequence);
              retained.acknowledge(sequence);
              break;
            }
            case 'rewind':
              model.sent = 0;
              retained.rewind();
              break;
          }
          assert.equal(retained.bytes, model.bytes);
        }
        model.sent = 0;
        retained.rewind();
        assert.deepEqual(sent(retained), model.send());
      }),
    );
  });

  it('keeps a copy: the chunk a message came with may change', () => {
    const retained = new RetainedMessages(5);
    const chunk = Buffer.from('{"a":1}');
    retained.append(chunk);
    chunk.fill(0);
    assert.deepEqual(sent(retained), [{ sequence: 1, body: '{"a":1}' }]);
  });

  it('drops nothing that was not sent, whatever is acknowledged', () => {
    const retained = new RetainedMessages(5);
    retained.append(Buffer.from('{}'));
    retained.acknowledge(2 ** 40);
    assert.equal(sent(retained).length, 1);
  });
});
