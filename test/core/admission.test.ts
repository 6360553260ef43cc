import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  admitWorker,
  freeMemory,
  type AdmissionFacts,
  type Candidate,
  type CrewMember,
  type MachineFacts,
} from '../../src/core/admission.ts';
import { needOf } from '../../src/core/memory-need.ts';

const GB = 1e9;

function machine(changes: Partial<MachineFacts> = {}): MachineFacts {
  return {
    platform: 'linux',
    memory: { total: 32 * GB, available: 16 * GB },
    underPressure: false,
    cores: 16,
    devices: [],
    ...changes,
  };
}

type Pool = Parameters<typeof needOf>[0] & { peaks?: Record<string, number>; wanted?: number };

function candidate({ peaks = {}, wanted = 1, ...pool }: Pool, devices: string[] = []): Candidate {
  return { pool: 'sim', wanted, need: needOf(pool, new Map(Object.entries(peaks))), devices };
}

function member(pool: Pool, changes: Partial<CrewMember> = {}): CrewMember {
  return { ...candidate(pool), memory: undefined, ...changes };
}

function facts(changes: Partial<AdmissionFacts> = {}): AdmissionFacts {
  return { machine: machine(), crew: [], ...changes };
}

const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

describe('what a worker needs', () => {
  for (const [name, pool, peaks, expected] of [
    ['an annotator of which nothing is known', {}, {}, [64e6, 'assumed', 0, 0]],
    ['one that was measured', {}, { tag: 2e8, run: 3e8 }, [3e8, 'measured', 0, 0]],
    ['a small statement', { memory: 50e6 }, {}, [50e6, 'stated', 0, 0]],
    ['a simulation that states its memory', { memory: 8 * GB }, {}, [8 * GB, 'stated', 1, 0]],
    [
      'a statement that is more than was measured',
      { memory: 8 * GB },
      { run: 6.2 * GB },
      [8 * GB, 'stated', 1, 0],
    ],
    ['a statement that was too low', { memory: 2 * GB }, { run: 6.2 * GB }, [6.2 * GB, 'measured', 1, 0]],
    ['a simulation that states only its cores', { cpus: 4 }, {}, [8 * GB, 'assumed', 4, 0]],
    ['a simulation that states only its GPU', { gpus: 1 }, { run: 3 * GB }, [3 * GB, 'measured', 1, 1]],
    ['a pool from which GPUs are hidden', { gpus: 0 }, {}, [64e6, 'assumed', 0, 0]],
  ] as const) {
    it(name, () => {
      const { memory, memoryFrom, cpus, gpus } = needOf(pool, new Map(Object.entries(peaks)));
      assert.deepEqual([memory, memoryFrom, cpus, gpus], expected);
    });
  }
});

describe('admission', () => {
  /** Name, who asks, of what, and the reasons for a refusal; none: admitted. */
  const cases: [string, Candidate, AdmissionFacts, ...string[]][] = [
    [
      'the 30th annotator on a small laptop',
      candidate({}),
      facts({
        machine: machine({ memory: { total: 8 * GB, available: 2 * GB }, cores: 2 }),
        crew: times(29, member({})),
      }),
    ],
    ['room for one simulation', candidate({ memory: 8 * GB }), facts()],
    [
      'too little memory',
      candidate({ peaks: { run: 6.2 * GB } }),
      facts({ machine: machine({ memory: { total: 8 * GB, available: 4.1 * GB } }) }),
      'needs about 6.2 GB (the most measured so far, in task run), 4.1 GB free',
    ],
    [
      'memory that others were promised and do not use yet',
      candidate({ memory: 8 * GB }),
      facts({ crew: [member({ memory: 8 * GB }), member({ memory: 8 * GB }, { memory: 6 * GB })] }),
      'needs about 8.0 GB (its pool’s memory), 6.0 GB free (16 GB, 10 GB promised to workers that live)',
    ],
    [
      'memory that others use already is not counted twice',
      candidate({ memory: 8 * GB }),
      facts({ crew: times(3, member({ memory: 8 * GB }, { memory: 9 * GB })) }),
    ],
    [
      'macOS under pressure: half of it',
      candidate({ cpus: 1 }),
      facts({
        machine: machine({
          platform: 'darwin',
          underPressure: true,
          memory: { total: 16 * GB, available: 12 * GB },
        }),
      }),
      'needs about 8.0 GB (an assumption: its pool states no memory, and nothing was measured yet), 6.0 GB free (12 GB, halved, because macOS is short of memory)',
    ],
    [
      'Windows keeps 1 GB',
      candidate({ memory: 8 * GB }),
      facts({ machine: machine({ platform: 'win32', memory: { total: 16 * GB, available: 8.5 * GB } }) }),
      'needs about 8.0 GB (its pool’s memory), 7.5 GB free (8.5 GB, 1.0 GB left to Windows)',
    ],
    [
      'every core busy',
      candidate({ memory: GB, cpus: 1.5 }),
      facts({ machine: machine({ cores: 2 }), crew: [member({ memory: GB }, { memory: GB })] }),
      'keeps 1.5 cores busy, 1 of 2 physical cores free',
    ],
    [
      'tenths of cores add up',
      candidate({ memory: GB, cpus: 0.1 }),
      facts({
        machine: machine({ cores: 1 }),
        crew: times(3, member({ memory: GB, cpus: 0.3 }, { memory: GB })),
      }),
    ],
    [
      'a fifth simulation that nobody wrote down',
      candidate({ memory: GB, wanted: 4 }),
      facts({ crew: times(4, member({ memory: GB }, { memory: GB })) }),
      'would be one too many: 4 computing workers live already; unless the crew file asks for more, 4 are the most',
    ],
    [
      'a fifth simulation of the crew file',
      candidate({ memory: GB, wanted: 6 }),
      facts({
        crew: times(4, member({ memory: GB }, { memory: GB })),
      }),
    ],
    [
      'annotators do not count as simulations',
      candidate({ memory: GB }),
      facts({ crew: times(30, member({})) }),
    ],
    [
      'over WORKER_MAX_COUNT, whoever it is',
      candidate({}),
      facts({ maxWorkers: 2, crew: times(2, member({})) }),
      'would be one too many: 2 workers live already, and WORKER_MAX_COUNT allows 2',
    ],
    [
      'WORKER_MAX_COUNT replaces the default',
      candidate({ memory: GB, wanted: 1 }),
      facts({
        maxWorkers: 8,
        crew: times(6, member({ memory: GB }, { memory: GB })),
      }),
    ],
    ['no GPU', candidate({ memory: GB, gpus: 1 }), facts(), 'needs 1 GPU, and nvidia-smi names none here'],
    [
      'every GPU taken',
      candidate({ memory: GB, gpus: 2 }),
      facts({
        machine: machine({ devices: ['0', '1', '2'] }),
        crew: [member({ gpus: 2, memory: GB }, { memory: GB, devices: ['0', '2'] })],
      }),
      'needs 2 GPUs, 1 of 3 free',
    ],
    [
      'several reasons at once',
      candidate({ memory: 20 * GB, cpus: 20 }),
      facts(),
      'needs about 20 GB (its pool’s memory), 16 GB free',
      'keeps 20 cores busy, 16 of 16 physical cores free',
    ],
  ];
  for (const [name, asking, of, ...reasons] of cases) {
    it(name, () => {
      const { refusal } = admitWorker(asking, of);
      assert.deepEqual(refusal?.reasons ?? [], reasons);
    });
  }

  it('tells what never fits from what may fit later', () => {
    const small = machine({ memory: { total: 8 * GB, available: 1 * GB }, cores: 2, devices: ['0'] });
    const isNever = (pool: Pool, more: Partial<AdmissionFacts> = {}): boolean | undefined => {
      const { refusal } = admitWorker(candidate(pool), facts({ machine: small, ...more }));
      return refusal ? (refusal.never ?? false) : undefined;
    };
    assert.equal(isNever({ memory: 8.1 * GB }), true);
    assert.equal(isNever({ memory: 7.9 * GB }), false);
    assert.equal(isNever({ memory: 7.9 * GB }, { machine: { ...small, platform: 'win32' } }), true);
    assert.equal(isNever({ memory: 0.5 * GB, cpus: 3 }), true);
    assert.equal(isNever({ memory: 0.5 * GB, cpus: 2 }, { crew: [member({ cpus: 1 })] }), false);
    assert.equal(isNever({ memory: 0.5 * GB, gpus: 2 }), true);
    assert.equal(isNever({ memory: 0.5 * GB }, { maxWorkers: 1, crew: [member({})] }), false);
    assert.equal(isNever({ memory: 0.5 * GB }), undefined);
  });

  it('names the risks and what to do', () => {
    const { refusal } = admitWorker(candidate({ memory: 20 * GB }), facts());
    assert.match(refusal!.risks.join(' '), /Crash: .*Slowdown: .*Data loss: /);
    assert.equal(
      refusal!.nextStep,
      'End another worker or program, or set `memory` of pool sim to what it needs.',
    );
  });

  describe('of GPUs', () => {
    const gpus = (taken: string[][]): AdmissionFacts =>
      facts({
        machine: machine({ devices: ['0', '1', '2', '3'] }),
        crew: taken.map((devices) => member({ gpus: 1, memory: GB }, { memory: GB, devices })),
      });
    const asks = (count: number, before: string[] = []): Candidate =>
      candidate({ gpus: count, memory: GB, wanted: 9 }, before);

    for (const [name, asking, taken, devices] of [
      ['the first free one', asks(1), [['0']], ['1']],
      ['the same as before', asks(1, ['2']), [['0']], ['2']],
      ['another when its own is taken', asks(1, ['0']), [['0']], ['1']],
      ['as many of its own as there are', asks(2, ['1', '3']), [['1']], ['0', '3']],
      ['forced, the one that fewest have', asks(1), [['0'], ['1'], ['2'], ['3'], ['0'], ['1'], ['3']], ['2']],
      ['forced without any, none', asks(5), [], ['0', '1', '2', '3']],
    ] as const) {
      it(name, () =>
        assert.deepEqual(admitWorker(asking, gpus(taken.map((one) => [...one]))).devices, devices),
      );
    }
  });

  const amount = fc.integer({ min: 0, max: 40 }).map((tenths) => (tenths / 10) * GB);
  const anyPool = fc.record({
    memory: fc.option(amount, { nil: undefined }),
    cpus: fc.option(
      fc.integer({ min: 1, max: 8 }).map((halves) => halves / 2),
      { nil: undefined },
    ),
    gpus: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  });
  const anyMachine = fc.record({
    platform: fc.constantFrom('linux', 'darwin', 'win32'),
    memory: amount.map((available) => ({ total: 2 * available + GB, available: 5 * available })),
    underPressure: fc.boolean(),
    cores: fc.integer({ min: 1, max: 12 }),
    devices: fc
      .integer({ min: 0, max: 4 })
      .map((count) => Array.from({ length: count }, (_, n) => String(n))),
  });

  it('never promises more than there is, and no GPU to two, whoever asks in whatever order', () => {
    fc.assert(
      fc.property(anyMachine, fc.array(anyPool, { maxLength: 40 }), (of, pools) => {
        const crew: CrewMember[] = [];
        for (const pool of pools) {
          const asking = { ...candidate(pool), wanted: 100 };
          const { refusal, devices } = admitWorker(asking, { machine: of, crew });
          if (!refusal) crew.push({ ...asking, devices, memory: undefined });
        }
        const needed = crew.reduce((sum, { need }) => sum + need.memory, 0);
        assert.ok(needed <= freeMemory({ machine: { ...of, underPressure: false }, crew: [] }));
        assert.ok(crew.reduce((sum, { need }) => sum + need.cpus, 0) <= of.cores + 1e-6);
        const given = crew.flatMap(({ devices }) => devices);
        assert.equal(new Set(given).size, given.length);
        for (const { need, devices } of crew) assert.equal(devices.length, need.gpus);
      }),
    );
  });

  it('is refused nothing by more memory, more cores, more GPUs or fewer workers', () => {
    fc.assert(
      fc.property(
        anyMachine,
        fc.array(anyPool, { maxLength: 6 }),
        anyPool,
        fc.nat(),
        (of, pools, asks, pick) => {
          const crew = pools.map((pool) => member(pool));
          const before = admitWorker(candidate(asks), { machine: of, crew }).refusal;
          if (before) return;
          const roomier = {
            ...of,
            memory: { total: of.memory.total + GB, available: of.memory.available + GB },
            cores: of.cores + 1,
            devices: [...of.devices, 'another'],
          };
          const fewer = crew.toSpliced(pick % Math.max(1, crew.length), 1);
          assert.equal(admitWorker(candidate(asks), { machine: roomier, crew }).refusal, undefined);
          assert.equal(admitWorker(candidate(asks), { machine: of, crew: fewer }).refusal, undefined);
        },
      ),
    );
  });

  it('gives every refusal a reason, a risk and a next step', () => {
    fc.assert(
      fc.property(anyMachine, fc.array(anyPool, { maxLength: 6 }), anyPool, (of, pools, asks) => {
        const { refusal } = admitWorker(candidate(asks), {
          machine: of,
          crew: pools.map((pool) => member(pool)),
        });
        if (!refusal) return;
        assert.ok(refusal.reasons.length > 0 && refusal.risks.length > 0);
        assert.doesNotMatch(
          [...refusal.reasons, ...refusal.risks, refusal.nextStep].join(' '),
          /NaN|undefined|-\d/,
        );
      }),
    );
  });
});
