import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import {
  admitWorker,
  type AdmissionFacts,
  type Candidate,
  type CrewMember,
} from '../../src/core/admission.ts';
import { needOf } from '../../src/core/memory-need.ts';
import { roomFor } from '../../src/core/room.ts';

const GB = 1e9;

function facts(changes: Partial<AdmissionFacts['machine']> = {}, maxWorkers?: number): AdmissionFacts {
  return {
    machine: {
      platform: 'linux',
      memory: { total: 32 * GB, available: 20 * GB },
      underPressure: false,
      cores: 8,
      devices: ['0', '1'],
      ...changes,
    },
    ...(maxWorkers === undefined ? {} : { maxWorkers }),
    crew: [],
  };
}

function candidate(pool: Parameters<typeof needOf>[0], wanted = 100): Candidate {
  return { pool: 'sim', wanted, need: needOf(pool), devices: [] };
}

it('there is room for as many as memory, cores, GPUs and the limit allow', () => {
  assert.equal(roomFor(candidate({ memory: 6 * GB }), facts(), 100).more, 3);
  assert.equal(roomFor(candidate({ memory: 0.1 * GB, cpus: 3 }), facts(), 100).more, 2);
  assert.equal(roomFor(candidate({ memory: 0.1 * GB, gpus: 1 }), facts(), 100).more, 2);
  assert.equal(roomFor(candidate({}), facts({}, 5), 100).more, 5);
  assert.deepEqual(roomFor(candidate({}), facts(), 100), { more: 100 });
  assert.match(roomFor(candidate({ memory: 21 * GB }), facts(), 100).refusal!.reasons[0]!, /20 GB free/);
});

it('there is room for exactly those that admission lets in one after the other', () => {
  const pool = fc.record({
    memory: fc.integer({ min: 1, max: 30 }).map((tenths) => (tenths * GB) / 10),
    cpus: fc.integer({ min: 0, max: 3 }),
    gpus: fc.integer({ min: 0, max: 2 }),
  });
  fc.assert(
    fc.property(pool, fc.array(pool, { maxLength: 6 }), fc.nat(6), (asked, others, maxWorkers) => {
      const crew = others.map((other): CrewMember => ({
        ...candidate(other),
        pool: 'other',
        memory: undefined,
        devices: [],
      }));
      const now = { ...facts({}, maxWorkers), crew };
      const { more, refusal } = roomFor(candidate(asked), now, 20);
      let admitted = 0;
      for (;;) {
        const decision = admitWorker(candidate(asked), now);
        if (decision.refusal || admitted === 20) break;
        admitted++;
        now.crew.push({ ...candidate(asked), memory: undefined, devices: decision.devices });
      }
      assert.equal(more, admitted);
      assert.equal(refusal === undefined, more === 20);
    }),
  );
});
