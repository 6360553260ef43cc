/** A projection thread that opens and then fails on the first thing it is told. */
import { parentPort } from 'node:worker_threads';

parentPort!.on('message', () => {
  throw new Error('out of luck');
});
parentPort!.postMessage({ type: 'opened', snapshot: { origin: 'none', sequence: 0, bytes: 0 } });
