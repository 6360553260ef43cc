/**
 * How a newer supervisor takes over from an older one. It starts beside it, draws the next ticket (see `turn.ts`), asks for the
 * turn and waits for it; so the workspace has a successor in line before its supervisor ends, whoever dies meanwhile. The
 * keeper and its workers go on, and keep what they have to say.
 *
 * The request below is FROZEN: every version must be able to send it to every other. It is the first and only message on its
 * connection, JSON-RPC 2.0 with LSP's base framing, on the socket that the lease names. Nothing of it may change; a member may
 * be added, if a supervisor that does not know it can do without.
 */
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  createMessageConnection,
  ErrorCodes,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { isAlive, signalProcess } from '../keeper/process-identity.ts';
import { CONTROL_VERSION } from './api.ts';
import { ControlError, ControlErrorCode } from './control-error.ts';
import type { Lease } from './lease.ts';
import { VERSION } from './version.ts';

/** Frozen. */
export const HAND_OVER = 'handOver';

/** Frozen. */
export interface HandOverRequest {
  /** The lease's. */
  token: string;
  /** `CONTROL_VERSION` of the successor. */
  version: number;
  /** Its version of the product. */
  product: string;
}

/** Frozen. The supervisor ends after this answer; its ticket goes when it has written everything down. */
export interface HandOverAnswer {
  pid: number;
}

/** A snapshot of a million jobs on a slow disk is written in less. */
const PATIENCE = 60_000;
const ANSWER_PATIENCE = 15_000;
const LOOK_INTERVAL = 20;

/** Resolves when the supervisor of the lease has ended. Rejects with ControlError, naming its PID, when it does not. */
export async function succeed(lease: Lease): Promise<void> {
  const giveUp = performance.now() + PATIENCE;
  try {
    await within(ANSWER_PATIENCE, ask(lease));
  } catch (error) {
    if (!(await isAlive(lease.identity))) return;
    if (!(error instanceof ResponseError) || error.code !== ErrorCodes.MethodNotFound)
      throw notHandedOver(lease, error instanceof Error ? error.message : String(error));
    // From before there were hand-overs. Asked to terminate, it does the same.
    await signalProcess(lease.identity, 'SIGTERM');
  }
  while (await isAlive(lease.identity)) {
    if (performance.now() > giveUp) throw notHandedOver(lease, 'it agreed and does not end');
    await delay(LOOK_INTERVAL);
  }
}

async function ask(lease: Lease): Promise<void> {
  const socket = connect(lease.socket);
  const connection = createMessageConnection(
    new StreamMessageReader(socket),
    new StreamMessageWriter(socket),
  );
  try {
    const closed = new Promise<never>((_resolve, reject) => {
      socket.once('error', reject);
      connection.onClose(() => reject(new Error('it closed the connection')));
    });
    connection.onError(() => socket.destroy());
    connection.listen();
    const request: HandOverRequest = { token: lease.token, version: CONTROL_VERSION, product: VERSION };
    await Promise.race([connection.sendRequest(HAND_OVER, request), closed]);
  } finally {
    connection.dispose();
    socket.destroy();
  }
}

async function within<Result>(patience: number, answer: Promise<Result>): Promise<Result> {
  const settled = new AbortController();
  const tooLate = async (): Promise<never> => {
    await delay(patience, undefined, { signal: settled.signal });
    throw new Error(`it did not answer for ${patience / 1000} s`);
  };
  try {
    return await Promise.race([answer, tooLate()]);
  } finally {
    settled.abort();
  }
}

function notHandedOver({ identity, version }: Lease, reason: string): ControlError {
  return new ControlError(
    ControlErrorCode.refused,
    `The supervisor of version ${version} (process ${identity.pid}) did not hand over to version ${VERSION}: ${reason}.`,
    {
      nextStep: `Look at .nightcrew/logs/supervisor.log. If it is stuck, end process ${identity.pid} (kill -9): its workers go on, and the next command takes them over.`,
    },
  );
}
