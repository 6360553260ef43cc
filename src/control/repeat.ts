/**
 * What a supervisor does once, however often it is asked: a request that carries a name (see `RequestName`). When the connection
 * dies before its answer came, nobody knows whether it was done; so it is asked again of whoever is the supervisor then.
 */
import { randomUUID } from 'node:crypto';
import { ControlError, ControlErrorCode } from './control-error.ts';
import type { ControlClient } from './client-contract.ts';

const NAMED: readonly string[] = ['enqueue', 'enqueueBatches'];
/** A supervisor that dies of the request itself is not to be started for ever. */
const MOST_REPEATS = 3;

/** `reconnect` resolves with another connection, or with undefined when there is no supervisor to ask. */
export function withRepeats(
  client: ControlClient,
  reconnect: () => Promise<ControlClient | undefined>,
): ControlClient {
  let closedByUs = false;
  const request = async (method: string, parameters: object): Promise<unknown> => {
    const ask = (by: ControlClient, given: object): Promise<unknown> =>
      by.request(method as never, given as never);
    if (!NAMED.includes(method)) return ask(client, parameters);
    const named = { request: randomUUID(), ...parameters };
    let again: ControlClient | undefined;
    for (let repeats = 0; ; repeats++) {
      let lost: ControlError;
      try {
        return await ask(again ?? client, named);
      } catch (error) {
        const isLost = error instanceof ControlError && error.code === ControlErrorCode.ending;
        if (!isLost || closedByUs || repeats === MOST_REPEATS) throw error;
        lost = error;
      } finally {
        again?.close();
      }
      again = await reconnect().catch(() => undefined);
      if (!again) throw lost;
    }
  };
  return {
    ...client,
    request: (method, parameters) => request(method, parameters) as never,
    close: () => {
      closedByUs = true;
      client.close();
    },
  };
}
