/** A projection thread that opens, answers the first question, and then fails on whatever it is told. */
import { parentPort } from 'node:worker_threads';
import type { FromProjection, ToProjection } from '../../src/store/projection-messages.ts';

const port = parentPort!;
const nothing = { claims: [], workers: [], pools: [], nextJob: 1, nextBatch: 1 };

function tell(message: FromProjection): void {
  port.postMessage(message);
}

port.once('message', (message: ToProjection) => {
  if (message.type === 'query') tell({ type: 'answer', id: message.id, json: JSON.stringify(nothing) });
  port.once('message', () => {
    throw new Error('out of luck');
  });
});
tell({ type: 'opened', snapshot: { origin: 'none', sequence: 0, bytes: 0 } });
