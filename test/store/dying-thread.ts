/** A projection thread that opens, ends the replay, answers the first question, and then fails on whatever it is told. */
import { parentPort } from 'node:worker_threads';
import type { FromProjection, ToProjection } from '../../src/store/projection-messages.ts';

const port = parentPort!;
const nothing = { claims: [], workers: [], pools: [], nextJob: 1, nextBatch: 1 };
const report = { skippedCount: 0, skipped: [], mended: 0, doubtful: [] };

function tell(message: FromProjection): void {
  port.postMessage(message);
}

let answered = false;
port.on('message', (message: ToProjection) => {
  if (answered) throw new Error('out of luck');
  if (message.type === 'replayed') tell({ type: 'replayReport', report });
  if (message.type !== 'query') return;
  tell({ type: 'answer', id: message.id, json: JSON.stringify(nothing) });
  answered = true;
});
tell({ type: 'opened', snapshot: { origin: 'none', sequence: 0, bytes: 0 } });
