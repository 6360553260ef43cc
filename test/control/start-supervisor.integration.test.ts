/** A job may use Nightcrew itself; what it starts that way is no part of its worker. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { LAUNCH_MARKER_VARIABLE, WORKER_ID_VARIABLE } from '../../src/keeper/contract.ts';
import { launchMarker } from '../../src/keeper/launch-marker.ts';
import { TemporaryCrew } from '../supervisor/temporary-crew.ts';

describe(
  'a supervisor started from inside a job',
  { skip: process.platform !== 'linux' && 'reads /proc' },
  () => {
    it('carries no mark of the worker, nor does its keeper: no sweep takes them for left-overs', async () => {
      await using crew = TemporaryCrew.make('pools: { tag: { command: python3 tasks.py, workers: 1 } }');
      const marks = {
        [WORKER_ID_VARIABLE]: 'tag-1',
        [LAUNCH_MARKER_VARIABLE]: launchMarker(crew.workspace, 'tag-1', 1),
      };
      Object.assign(process.env, marks);
      try {
        await crew.connect();
      } finally {
        for (const name of Object.keys(marks)) delete process.env[name];
      }
      for (const identity of [await crew.supervisor(), await crew.keeper()]) {
        const environment = readFileSync(`/proc/${identity!.pid}/environ`, 'utf8').split('\0');
        const names = environment.map((entry) => entry.split('=')[0]!);
        assert.ok(names.includes('NIGHTCREW_RUNTIME_DIR'), 'it is the environment of the starter');
        assert.deepEqual(
          names.filter((name) => name in marks),
          [],
        );
      }
    });
  },
);
