/** Runs the projection in this thread, on the disk of the test, so that a crash can come at each of its writes too. */
import type { Clock } from '../../src/core/clock.ts';
import type { FileSystem } from '../../src/store/file-system.ts';
import type { ProjectionHost } from '../../src/store/projection-client.ts';
import type { FromProjection, ToProjection } from '../../src/store/projection-messages.ts';
import { serveProjection, type ProjectionPort } from '../../src/store/projection-service.ts';
import { engine } from './dump.ts';

/** Messages are copied, and arrive in order and each in a turn of its own, as between threads. */
export function startProjectionHere(folder: string, files: FileSystem, clock: Clock): ProjectionHost {
  const listeners: Record<string, (value: never) => void> = {};
  let receive: ((message: ToProjection) => void) | undefined;
  let ended = false;
  const end = (code: number): void => {
    if (ended) return;
    ended = true;
    listeners['exit']?.(code as never);
  };
  const run = (action: () => void): void => {
    queueMicrotask(() => {
      if (ended) return;
      try {
        action();
      } catch (error) {
        listeners['error']?.(error as never);
        end(1);
      }
    });
  };
  const port: ProjectionPort = {
    postMessage: (message: FromProjection) => {
      const copy = structuredClone(message);
      run(() => listeners['message']?.(copy as never));
    },
    on: (_event, listener) => (receive = listener),
    close: () => run(() => end(0)),
  };
  run(() => serveProjection({ port, engine, folder, files, clock }));
  return {
    postMessage: (message) => {
      const copy = structuredClone(message);
      run(() => (receive ? receive(copy) : end(0)));
    },
    on: (event: string, listener: (value: never) => void) => (listeners[event] = listener),
  };
}
