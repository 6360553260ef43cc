/**
 * The time between a supervisor that died and the one that its keeper starts: seconds in which workers go on working, and in which
 * "no supervisor is running" would be true and misleading. One that ends in good order takes its lease along; one that died leaves it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { AwakeTime } from '../core/awake-clock.ts';
import { readKeeperRecord } from '../keeper/keeper-record.ts';
import { isAlive } from '../keeper/process-identity.ts';
import type { ConnectOptions, ControlClient } from './client-contract.ts';
import { connect } from './connect.ts';
import { ControlError, ControlErrorCode } from './control-error.ts';
import { readLease } from './lease.ts';
import { runtimeFolder } from './runtime-folder.ts';

/** Milliseconds. The keeper starts the first one at once, and takes its time only when several have died. */
const PATIENCE = 10_000;
const RETRY = 50;

type Place = Pick<ConnectOptions, 'workspace' | 'environment'>;

/** Connects to the supervisor that lives, or to the one that follows; undefined when there is none, and none is to come. */
export async function connectPatiently(
  options: ConnectOptions,
  patience = PATIENCE,
): Promise<ControlClient | undefined> {
  // A machine that slept meanwhile has not waited.
  const waited = new AwakeTime(performance.now());
  for (;;) {
    const client = await connect(options);
    if (client || !(await isSuccessorDue(options))) return client;
    if (waited.at(performance.now()) >= patience) throw noSuccessor(patience);
    await delay(RETRY);
  }
}

/** Does not wait: rejects while a successor is due. */
export async function connectAtOnce(options: ConnectOptions): Promise<ControlClient | undefined> {
  const client = await connect(options);
  if (!client && (await isSuccessorDue(options))) throw successorDue();
  return client;
}

async function isSuccessorDue({ workspace, environment }: Place): Promise<boolean> {
  const { folder, leaseFile } = runtimeFolder(workspace, environment);
  if (!readLease(leaseFile)) return false;
  const keeper = await readKeeperRecord(folder);
  return keeper !== undefined && (await isAlive(keeper.identity));
}

function noSuccessor(patience: number): ControlError {
  return new ControlError(
    ControlErrorCode.refused,
    `The supervisor has died, and its keeper has brought back none within ${patience / 1000} s.`,
    {
      nextStep:
        '.nightcrew/logs/supervisor.log and keeper.log beside it say why. `nightcrew up` starts the crew, `nightcrew up --no-workers` ' +
        'only a supervisor.',
    },
  );
}

function successorDue(): ControlError {
  return new ControlError(
    ControlErrorCode.refused,
    'The supervisor has died; its keeper brings it back within seconds if there are workers.',
    { nextStep: 'Ask again in a second. If it stays so, `nightcrew up` starts the crew.' },
  );
}
