/** The one client of the control API: JSON-RPC over a socket, typed from the table in `api.ts`. */
import type { Socket } from 'node:net';
import { createMessageConnection, ErrorCodes, ResponseError } from 'vscode-jsonrpc/node';
import { LARGEST_REQUEST, type ControlRequests } from './api.ts';
import { ControlError, ControlErrorCode, type ControlErrorData } from './control-error.ts';
import type { ServerInfo } from './crew-state.ts';
import type { GivenSetting } from '../core/settings.ts';
import type { ControlClient } from './client-contract.ts';
import { SupervisorReader, SupervisorWriter } from './supervisor-stream.ts';

/** Greets the supervisor at the other end of the socket. Rejects with ControlError when it refuses. */
export async function openControlClient(
  socket: Socket,
  greeting: ControlRequests['connect']['parameters'],
  settings: (() => GivenSetting[]) | undefined = undefined,
): Promise<ControlClient> {
  const reader = new SupervisorReader(socket);
  const { messageStrategy } = reader;
  const connection = createMessageConnection(reader, new SupervisorWriter(socket), undefined, {
    messageStrategy,
  });
  const closeListeners = new Set<() => void>();
  const listeners = new Map<string, Set<(parameters: never) => void>>();
  let closed = false;
  connection.onClose(() => {
    closed = true;
    for (const listener of closeListeners) listener();
    connection.dispose();
  });
  // An error of the socket ends in a close; the close is what callers are told.
  connection.onError(() => socket.destroy());
  connection.onNotification((name, parameters) => {
    for (const listener of listeners.get(name) ?? []) listener(parameters as never);
  });
  connection.listen();

  const request = async (method: string, parameters: unknown): Promise<unknown> => {
    if (closed) throw connectionClosed();
    if (method === 'enqueue') refuseTooLarge(parameters);
    let stopWaiting: () => void = () => undefined;
    const gone = new Promise<never>((_resolve, reject) => {
      stopWaiting = () => reject(connectionClosed());
      closeListeners.add(stopWaiting);
    });
    try {
      return await Promise.race([connection.sendRequest(method, parameters), gone]);
    } catch (error) {
      throw asControlError(error, method);
    } finally {
      closeListeners.delete(stopWaiting);
    }
  };

  let server: ServerInfo;
  try {
    server = (await request('connect', greeting)) as ServerInfo;
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return {
    server,
    request: (method, parameters) =>
      request(
        method,
        settings && TAKES_SETTINGS.has(method) ? { settings: settings(), ...parameters } : parameters,
      ) as never,
    on: (name, listener) => {
      const known = listeners.get(name) ?? new Set();
      listeners.set(name, known);
      known.add(listener);
      return () => known.delete(listener);
    },
    onClose: (listener) => {
      closeListeners.add(listener);
      return () => closeListeners.delete(listener);
    },
    close: () => socket.destroy(),
  };
}

/** Requests that start workers, or tell with what they would be started. */
const TAKES_SETTINGS: ReadonlySet<string> = new Set<keyof ControlRequests>(['up', 'add', 'ramp', 'settings']);

/** The supervisor would cut the connection off: it says nothing to who sends more than it takes. */
function refuseTooLarge(parameters: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(parameters));
  // What stands around the parameters in the message is less.
  if (bytes + 1024 <= LARGEST_REQUEST) return;
  const [has, most] = [bytes, LARGEST_REQUEST].map((count) => count.toLocaleString('en'));
  throw new ControlError(
    ControlErrorCode.badInput,
    `The request has ${has} bytes; at most ${most} are taken. Nothing was enqueued.`,
    { nextStep: 'Write the jobs to a JSONL file, or large data to a file whose path is the parameter.' },
  );
}

function connectionClosed(): ControlError {
  return new ControlError(ControlErrorCode.ending, 'The connection to the supervisor closed.', {
    nextStep: 'Try again: a supervisor that was lost is started anew within seconds.',
  });
}

/** A method that was added does not change the version of the control API, so an older supervisor may be asked for it. */
function unknownMethod(method: string): ControlError {
  return new ControlError(
    ControlErrorCode.refused,
    `The supervisor that runs here is of an older version, which does not know "${method}".`,
    {
      nextStep:
        '`nightcrew up` replaces it by this version, as opening VS Code does; workers go on undisturbed.',
    },
  );
}

/** Errors that no supervisor sends: the request could not be written, or its answer cannot come any more. */
const TRANSPORT_ERRORS: readonly number[] = [
  ErrorCodes.MessageWriteError,
  ErrorCodes.PendingResponseRejected,
  ErrorCodes.ConnectionInactive,
];

function asControlError(error: unknown, method: string): unknown {
  if (!(error instanceof ResponseError)) return error;
  if (TRANSPORT_ERRORS.includes(error.code)) return connectionClosed();
  if (error.code === ErrorCodes.MethodNotFound) return unknownMethod(method);
  return new ControlError(error.code, error.message, (error.data ?? {}) as ControlErrorData);
}
