import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OutputTail } from '../../src/command-worker/output-tail.ts';

describe('OutputTail', () => {
  it('keeps all of a short output', () => {
    const tail = new OutputTail(5);
    tail.push(Buffer.from('ab'));
    tail.push(Buffer.from('c'));
    assert.equal(tail.text(), 'abc');
  });

  it('keeps the end of a long one, whole characters of it', () => {
    const tail = new OutputTail(5);
    for (let count = 0; count < 1000; count++) tail.push(Buffer.from('é'));
    tail.push(Buffer.from('Zürich'));
    assert.equal(tail.text(), 'ürich');
  });
});
