import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WorkerOutcome } from '../../src/control/selection.ts';
import { startAnywayText } from '../../src/extension/commands/start-anyway-text.ts';

const refused = (worker: string, reason: string): WorkerOutcome => ({
  worker,
  ok: false,
  message: reason,
  refusal: { reasons: [reason], risks: ['Crash: it may end.'], nextStep: 'End another worker.' },
});

describe('the question before workers are started without room', () => {
  it('is not asked when there was room', () => {
    const forced = { ...refused('sim-1', 'needs about 8 GB'), ok: true };
    assert.equal(startAnywayText([{ worker: 'sim-1', ok: true, message: '' }, forced], false), undefined);
  });

  it('names the figures, the risks and the other way', () => {
    const reason = 'needs about 6.2 GB, 4.1 GB free';
    const text = startAnywayText([refused('sim-2', reason), refused('sim-3', reason)], true);
    assert.deepEqual(text, {
      message: 'The machine has no room for 2 workers.',
      detail:
        'sim-2 (and 1 more) needs about 6.2 GB, 4.1 GB free.\n\nStarted all the same:\nCrash: it may end.\n\n' +
        'End another worker. Otherwise they are started as soon as there is room.',
    });
  });
});
