import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Notice } from '../../src/control/api.ts';
import {
  NoticeGate,
  NOTICES_A_MINUTE,
  SAME_NOTICE_INTERVAL,
} from '../../src/extension/notices/notice-gate.ts';
import { ManualClock } from '../manual-clock.ts';

function notice(message: string, severity: Notice['severity'] = 'warning'): Notice {
  return { severity, message };
}

describe('the gate for notices', () => {
  it('shows what thirty workers fail for once', () => {
    const gate = new NoticeGate(new ManualClock());
    const shown = Array.from({ length: 30 }, (_, index) =>
      gate.judge(notice(`simulate-${index + 1} failed: exit code 1`), 'problems'),
    ).filter((verdict) => verdict.show);
    assert.equal(shown.length, 1);
  });

  it('shows the same again after a while, with how many were kept back', () => {
    const clock = new ManualClock();
    const gate = new NoticeGate(clock);
    gate.judge(notice('disk is full'), 'problems');
    gate.judge(notice('disk is full'), 'problems');
    clock.advance(SAME_NOTICE_INTERVAL);
    assert.deepEqual(gate.judge(notice('disk is full'), 'problems'), { show: true, suppressed: 1 });
  });

  it('shows no more than a few in a minute', () => {
    const clock = new ManualClock();
    const gate = new NoticeGate(clock);
    const judge = (name: string): boolean => gate.judge(notice(`${name} went wrong`), 'all').show;
    const names = ['one', 'two', 'three', 'four', 'five'];
    assert.equal(names.filter(judge).length, NOTICES_A_MINUTE);
    clock.advance(60_000);
    assert.equal(judge('six'), true);
  });

  it('goes by the setting', () => {
    const gate = new NoticeGate(new ManualClock());
    assert.equal(gate.judge(notice('started', 'info'), 'problems').show, false);
    assert.equal(gate.judge(notice('started', 'info'), 'all').show, true);
    assert.equal(gate.judge(notice('broken', 'error'), 'none').show, false);
  });
});
