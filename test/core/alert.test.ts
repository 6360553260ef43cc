import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AlertDigest, type AlertFact } from '../../src/core/alert.ts';

const NIGHT = Date.UTC(2026, 10, 22, 3);
const job = (number: number, reason = 'exit code 1'): AlertFact => ({
  kind: 'job-failed',
  at: NIGHT,
  job: number,
  batch: 'sweep',
  pool: 'simulate',
  reason,
});
const batch = (failed: number): AlertFact => ({
  kind: 'batch-finished',
  at: NIGHT,
  batch: 'sweep',
  done: 598,
  failed,
  cancelled: 0,
});

function digestOf(...facts: AlertFact[]): AlertDigest {
  const digest = new AlertDigest();
  for (const fact of facts) digest.add(fact);
  return digest;
}

describe('a digest of alerts', () => {
  it('says what happened, and where', () => {
    const digest = digestOf(batch(2), job(7), { kind: 'trouble', at: NIGHT, reason: 'The disk is full.' });
    assert.equal(
      digest.text('sims', NIGHT + 2_000),
      [
        'Nightcrew, sims: 1 job failed, 1 trouble, 1 batch finished',
        '• Job 7 of sweep, in pool simulate, failed: exit code 1',
        '• The disk is full.',
        '• sweep has finished: 598 done, 2 failed, 0 cancelled',
      ].join('\n'),
    );
  });

  it('sums up what is too much to read, and keeps no more of it', () => {
    const digest = digestOf(...Array.from({ length: 600 }, (_, index) => job(index + 1, 'x'.repeat(10_000))));
    const text = digest.text('sims', NIGHT + 300_000, 1);
    assert.ok(text.startsWith('Nightcrew, sims: 600 jobs failed in the last 5 min\n• Job 1 of sweep'));
    assert.ok(text.endsWith('• and 595 more\n• 1 alert before this could not be sent'), text.slice(-200));
    assert.ok(text.length < 2_000, `${text.length}`);
  });

  it('keeps what a program printed on one line', () => {
    assert.ok(
      digestOf(job(1, 'Traceback\n  File "a"\n')).text('sims', NIGHT).endsWith('failed: Traceback File "a"'),
    );
  });

  it('is good news only when nothing went wrong', () => {
    assert.equal(digestOf(batch(0)).isGoodNews, true);
    assert.equal(digestOf(batch(1)).isGoodNews, false);
    assert.equal(digestOf(batch(0), job(1)).isGoodNews, false);
    assert.equal(digestOf().isEmpty, true);
  });
});
