import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PoolSettings } from '../../src/core/pool.ts';
import { Admission } from '../../src/supervisor/admission.ts';
import { ManualClock } from '../manual-clock.ts';
import { POOL, SmallCrew } from './small-crew.ts';

const GB = 1e9;
const SETTINGS: PoolSettings = { ...POOL, workers: 3, memory: 8 * GB, cpus: 0 };

describe('workers that are started together', () => {
  it('are judged one after the other: those that come later hold nothing yet', () => {
    const crew = new SmallCrew(new ManualClock());
    const admission = new Admission({
      machine: {
        facts: () => ({
          platform: 'linux',
          memory: { total: 32 * GB, available: 20 * GB },
          underPressure: false,
          cores: 4,
          devices: [],
        }),
      },
      roster: crew.roster,
      pools: { settings: () => SETTINGS, all: [SETTINGS] },
      queue: crew.queue,
      peaks: { of: () => new Map() },
      maxWorkers: () => undefined,
    } as never);
    const workers = [1, 2, 3].map(() => crew.roster.add('p', {}));
    const refused = workers.map((worker) => {
      const { refusal } = admission.judge(worker, SETTINGS);
      if (!refusal) crew.launch(worker);
      return refusal?.reasons.join() ?? '';
    });
    assert.deepEqual(refused.slice(0, 2), ['', '']);
    assert.match(
      refused[2]!,
      /needs about 8\.0 GB \(its pool’s memory\), 4\.0 GB free \(20 GB, 16 GB promised to workers that live\)/,
    );
  });
});
