/** Whether a worker may register: what it sent is whole, it was launched by this crew, and both speak the same protocol. */
import { ErrorCode, PROTOCOL_VERSION, type InitializeParams } from '../protocol/generated/messages.ts';
import { launchToken, sameSecret } from './launch-token.ts';
import type { Worker } from './worker.ts';

/** Why the worker is refused, with the error code of the answer; nothing when it may register. */
export function registrationProblem(
  sent: unknown,
  worker: Worker,
  tokenSecret: string,
): { code: number; reason: string } | undefined {
  const problem = initializeProblem(sent);
  if (problem) return { code: ErrorCode.invalidParams, reason: problem };
  const { token, protocolVersion } = sent as InitializeParams;
  if (!sameSecret(token, launchToken(tokenSecret, worker.id, worker.launch))) {
    const reason = 'The launch token is not the one this worker was started with.';
    return { code: ErrorCode.tokenRejected, reason };
  }
  if (protocolVersion !== PROTOCOL_VERSION) {
    const reason = `The worker speaks version ${protocolVersion} of the protocol; this supervisor speaks ${PROTOCOL_VERSION}.`;
    return { code: ErrorCode.protocolVersionUnsupported, reason };
  }
  return undefined;
}

/** Names the first member of `initialize` that is missing or of the wrong type. */
function initializeProblem(params: unknown): string | undefined {
  const value = params as Partial<InitializeParams> | undefined;
  if (typeof value !== 'object' || value === null) return '`initialize` needs an object of parameters.';
  if (typeof value.protocolVersion !== 'number') return '`protocolVersion` must be a whole number.';
  if (typeof value.token !== 'string') return '`token` must be the text of NIGHTCREW_TOKEN.';
  if (typeof value.worker?.name !== 'string') return '`worker.name` must be a text.';
  if (typeof value.worker.language !== 'string') return '`worker.language` must be a text.';
  if (!Array.isArray(value.tasks) || !value.tasks.every((task) => typeof task?.name === 'string')) {
    return '`tasks` must be a list of objects with a `name`.';
  }
  return undefined;
}
