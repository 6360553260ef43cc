import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkerOutcome } from '../../src/control/selection.ts';
import type { CrewConnection } from '../../src/http/crew-connection.ts';
import { HttpError } from '../../src/http/http-error.ts';
import { changed } from '../../src/http/routes/worker-selection.ts';

/** A refusal looks at no crew. */
const crew = {} as CrewConnection;

async function refusalOf(outcomes: WorkerOutcome[]): Promise<HttpError> {
  try {
    await changed(outcomes, crew);
  } catch (error) {
    assert.ok(error instanceof HttpError);
    return error;
  }
  return assert.fail('it was no refusal');
}

test('a worker that there is no room for is refused with the figures, and with how to start it all the same', async () => {
  const reason = 'needs about 6.2 GB (its pool’s memory), 4.1 GB free';
  const refusal = { reasons: [reason], risks: ['Crash.'], nextStep: 'End another worker.' };
  const error = await refusalOf([{ worker: 'big-1', ok: false, message: reason, refusal }]);
  assert.equal(error.code, 'conflict');
  assert.equal(error.message, `big-1: ${reason}`);
  assert.equal(error.details.nextStep, 'End another worker. Or start it anyway, with `force`.');
});

test('a worker that something else keeps from it is refused without', async () => {
  const error = await refusalOf([{ worker: 'big-1', ok: false, message: 'is DEAD already' }]);
  assert.equal(error.details.nextStep, '`outcomes` has the reason for each worker.');
});
