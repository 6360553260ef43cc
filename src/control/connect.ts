/**
 * How a face reaches the supervisor of its workspace: through the lease to the socket, starting one if it may. The
 * lease decides who is the supervisor; two faces that start one at the same moment end up with the same.
 */
import { connect as connectSocket, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { AwakeTime } from '../core/awake-clock.ts';
import { CONTROL_VERSION, ControlError, ControlErrorCode } from './api.ts';
import type { ConnectOptions, ControlClient } from './client-contract.ts';
import { openControlClient } from './client.ts';
import { readLiveLease, type Lease } from './lease.ts';
import { runtimeFolder } from './runtime-folder.ts';
import { startSupervisor } from './start-supervisor.ts';

/** A supervisor that holds the lease may still be reading a large state; milliseconds. */
const STARTING_PATIENCE = 60_000;
const RETRY = 20;

/** Connects to the supervisor that lives; undefined when there is none. */
export async function connect(options: ConnectOptions): Promise<ControlClient | undefined> {
  const { leaseFile } = runtimeFolder(options.workspace);
  // A machine that slept meanwhile has not waited.
  const waited = new AwakeTime(performance.now());
  for (;;) {
    const lease = await readLiveLease(leaseFile);
    if (!lease) return undefined;
    const socket = await openSocket(lease.socket);
    if (socket) return greet(socket, lease, options);
    if (waited.at(performance.now()) > STARTING_PATIENCE) throw silentSupervisor(lease);
    await delay(RETRY);
  }
}

/** Connects, starting a supervisor if none lives. */
export async function connectOrStart(options: ConnectOptions): Promise<ControlClient> {
  for (;;) {
    const client = await connect(options);
    if (client) return client;
    await startSupervisor(options);
  }
}

function openSocket(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      // Not there yet, or left over from a supervisor that was killed: the lease tells which.
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else reject(error);
    });
  });
}

async function greet(socket: Socket, lease: Lease, options: ConnectOptions): Promise<ControlClient> {
  const client = await openControlClient(socket, {
    token: lease.token,
    version: CONTROL_VERSION,
    client: options.client,
  });
  if (client.server.serverId !== lease.serverId) {
    client.close();
    throw new ControlError(
      ControlErrorCode.refused,
      'Another supervisor answered than the one that holds the lease.',
      {
        nextStep: 'Try again.',
      },
    );
  }
  return client;
}

function silentSupervisor(lease: Lease): ControlError {
  return new ControlError(
    ControlErrorCode.refused,
    `The supervisor (process ${lease.identity.pid}) lives but does not answer.`,
    { nextStep: 'Look at .nightcrew/logs/supervisor.log; if it is stuck, end that process and try again.' },
  );
}
