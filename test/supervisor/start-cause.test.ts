import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SupervisorEnd } from '../../src/core/events.ts';
import type { WorkerState } from '../../src/core/worker.ts';
import type { RestoredState, RestoredWorker } from '../../src/store/restored-state.ts';
import { startCause } from '../../src/supervisor/start-cause.ts';

const now = { bootId: 'this boot', isEmpty: false, isTakenOver: false };

function left(bootId: string, ended?: SupervisorEnd): Pick<RestoredState, 'lastSupervisor' | 'workers'> {
  const process = { pid: 1, startTime: '1', bootId };
  return { workers: [], lastSupervisor: { server: 's', version: '0', process, ...(ended ? { ended } : {}) } };
}

function worker(state: WorkerState, bootId: string): RestoredWorker {
  return { state, process: { pid: 2, startTime: '2', bootId } } as RestoredWorker;
}

describe('the cause of a start', () => {
  it('is new where nothing was', () => {
    assert.equal(startCause({ workers: [] }, { ...now, isEmpty: true }), 'new');
  });

  it('is told by how the last supervisor was left', () => {
    assert.equal(startCause(left('this boot', 'stopped'), now), 'stopped');
    assert.equal(startCause(left('this boot', 'idle'), now), 'stopped');
    assert.equal(startCause(left('this boot', 'replaced'), now), 'handed-over');
    assert.equal(startCause(left('this boot'), now), 'crashed');
  });

  it('is the reboot when workers had been left alive, whether its supervisor was asked to go or not', () => {
    assert.equal(startCause(left('another boot'), now), 'rebooted');
    assert.equal(startCause(left('another boot', 'replaced'), now), 'rebooted');
    assert.equal(startCause(left('another boot', 'stopped'), now), 'stopped');
  });

  it('is the take-over from another machine, whatever happened there', () => {
    for (const end of [undefined, 'replaced', 'stopped'] as const)
      assert.equal(startCause(left('another boot', end), { ...now, isTakenOver: true }), 'taken-over');
  });

  it('is told by the workers when no supervisor is recorded', () => {
    assert.equal(startCause({ workers: [] }, now), 'stopped');
    assert.equal(startCause({ workers: [worker('DEAD', 'another boot')] }, now), 'stopped');
    assert.equal(startCause({ workers: [worker('RUNNING', 'this boot')] }, now), 'crashed');
    assert.equal(startCause({ workers: [worker('RUNNING', 'another boot')] }, now), 'rebooted');
  });
});
