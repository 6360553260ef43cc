import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { AttemptOutcome } from '../../src/core/job.ts';
import { judgeRampAction, possibleRampActions, RAMP_ACTIONS } from '../../src/core/ramp-actions.ts';
import { findTriggers, plainType } from '../../src/core/ramp-triggers.ts';
import {
  defaultSteps,
  judgeRamp,
  rampWorkers,
  type AttemptFact,
  type Ramp,
  type RampFacts,
} from '../../src/core/ramp.ts';
import { planText, rampText } from '../../src/core/ramp-text.ts';

const PLAN = {
  steps: [
    { workers: 2, soak: 7200 },
    { workers: 3, soak: 14_400 },
  ],
  errorRate: 0.1,
  rollbackOn: [] as string[],
};

function ramp(more: Partial<Ramp> = {}): Ramp {
  return {
    pool: 'tag',
    plan: PLAN,
    state: 'soaking',
    step: 0,
    stepSince: 0,
    soaked: 0,
    reason: 'started by hand',
    ...more,
  };
}

const SOUND: RampFacts = { attempts: [], failedWorkers: [], sound: 2, busy: 2, isWanted: true };

let jobs = 0;
function attempt(outcome: AttemptOutcome, type?: string, message = 'so it was'): AttemptFact {
  jobs++;
  const error = outcome === 'done' ? {} : { error: { message, ...(type ? { type } : {}) } };
  return { job: jobs, attempt: 1, worker: 'tag-1', outcome, at: jobs, ...error };
}
const done = (count: number): AttemptFact[] => Array.from({ length: count }, () => attempt('done'));
const triggersOf = (attempts: AttemptFact[], rollbackOn: string[] = []): string[] =>
  findTriggers({ errorRate: 0.1, rollbackOn }, { attempts, failedWorkers: [] }).map(({ trigger }) => trigger);

describe('what rolls a ramp back', () => {
  const cases: [what: string, attempts: AttemptFact[], triggers: string[], rollbackOn?: string[]][] = [
    ['nothing has ended', [], []],
    ['all is done', done(100), []],
    ['an ordinary error', [attempt('failed', 'ValueError')], []],
    [
      'a lost session, as Python writes it',
      [attempt('failed', 'nightcrew.SessionLostError')],
      ['session-lost'],
    ],
    ['a lost session, as a protocol writes it', [attempt('failed', 'session-data-lost')], ['session-lost']],
    ['a session that only sounds like it', [attempt('failed', 'SessionLimitReached')], []],
    ['any error of an artifact', [attempt('failed', 'ArtifactMissing')], ['artifact-error']],
    ['a file that was not uploaded', [attempt('failed', 'FileUploadError')], ['artifact-error']],
    ['an object by its type', [attempt('failed', 'app::ObjectNotFound')], ['object-not-found']],
    [
      'an object by the message',
      [attempt('failed', undefined, 'Error: Object not found: 7')],
      ['object-not-found'],
    ],
    ['a slip in R is no lost object', [attempt('failed', 'simpleError', "object 'alpha' not found")], []],
    [
      'a type that the pool names',
      [attempt('failed', 'SchemaMismatch')],
      ['named-error'],
      ['schema_mismatch'],
    ],
    ['a process that ended', [attempt('crashed', 'SIGSEGV')], ['interrupted']],
    ['a time limit', [attempt('timed-out', 'timeout')], ['interrupted']],
    ['what people did', [attempt('aborted'), attempt('cancelled'), attempt('returned')], []],
    ['the end of the machine', [attempt('lost', 'SessionLost')], []],
    ['one failure in nine', [...done(8), attempt('failed', 'ValueError')], []],
    ['one failure in ten', [...done(9), attempt('failed', 'ValueError')], ['error-rate']],
    ['one failure in eleven', [...done(10), attempt('failed', 'ValueError')], []],
    [
      'failures that are long past',
      [...Array.from({ length: 9 }, () => attempt('failed', 'ValueError')), ...done(50)],
      [],
    ],
    [
      'several at once',
      [attempt('crashed'), attempt('failed', 'SessionLost'), ...done(8)],
      ['session-lost', 'interrupted', 'error-rate'],
    ],
  ];
  for (const [what, attempts, triggers, rollbackOn] of cases) {
    it(`${what}: ${triggers.join(', ') || 'none'}`, () =>
      assert.deepEqual(triggersOf(attempts, rollbackOn), triggers));
  }

  it('says which job it was, where, and with which error', () => {
    const crashed = { ...attempt('failed', 'SessionLost', 'SessionLost: no table'), job: 7, attempt: 2 };
    const [found] = findTriggers(PLAN, { attempts: [crashed], failedWorkers: [] });
    assert.equal(found?.reason, 'session data was lost (job 7, attempt 2, on tag-1): SessionLost: no table');
    const [rate] = findTriggers(PLAN, {
      attempts: [...done(8), attempt('failed'), attempt('failed')],
      failedWorkers: [],
    });
    assert.equal(rate?.reason, '2 of the last 10 attempts failed, and 10 % are too many');
  });

  it('tells a worker that failed, but not one whose job has told it', () => {
    const failedWorkers = [{ worker: 'tag-1', reason: 'was killed by SIGSEGV' }];
    const facts = { attempts: [], failedWorkers };
    assert.deepEqual(findTriggers(PLAN, facts), [
      { trigger: 'worker-failed', reason: 'tag-1 failed: was killed by SIGSEGV' },
    ]);
    const both = findTriggers(PLAN, { attempts: [attempt('crashed')], failedWorkers });
    assert.deepEqual(
      both.map(({ trigger }) => trigger),
      ['interrupted'],
    );
  });

  it('knows a type however it is written', () => {
    for (const type of [
      'SessionLost',
      'session-lost',
      'a.b.SessionLostError',
      'SESSION_LOST',
      'x::SessionLostException',
    ])
      assert.equal(plainType(type), 'sessionlost', type);
  });
});

describe('a ramp that is under way', () => {
  const cases: [
    what: string,
    ramp: Partial<Ramp>,
    facts: Partial<RampFacts>,
    does: string,
    reason: RegExp,
  ][] = [
    ['soaks while its workers work', {}, {}, 'soak', /2 workers are stable so far/],
    ['stands still while the crew is down', {}, { isWanted: false }, 'wait', /the crew is down/],
    [
      'stands still while a worker is missing',
      {},
      { sound: 1 },
      'wait',
      /1 of 2 workers work as they should/,
    ],
    [
      'says that there is no room',
      {},
      { sound: 1, noRoom: 'tag-2 needs 6 GB' },
      'wait',
      /waits for room: tag-2 needs 6 GB/,
    ],
    ['stands still without a job', {}, { busy: 0 }, 'wait', /no job runs/],
    ['stands still while it is paused', { state: 'paused' }, {}, 'wait', /paused by hand/],
    [
      'advances when it has soaked',
      { soaked: 7200 },
      { busy: 0 },
      'advance',
      /2 workers were stable for 2 h; now 3 workers/,
    ],
    ['does not advance without its workers', { soaked: 7200 }, { sound: 1 }, 'wait', /1 of 2/],
    ['does not advance while it is paused', { soaked: 7200, state: 'paused' }, {}, 'wait', /paused/],
    [
      'is completed after its last step',
      { step: 1, soaked: 14_400 },
      { sound: 3 },
      'complete',
      /3 workers were stable for 4 h/,
    ],
    [
      'is rolled back, also while it is paused',
      { state: 'paused' },
      { attempts: [attempt('crashed')] },
      'roll-back',
      /interrupted/,
    ],
    [
      'is rolled back, also when it could advance',
      { soaked: 7200 },
      { attempts: [attempt('crashed')] },
      'roll-back',
      /interrupted/,
    ],
  ];
  for (const [what, given, facts, does, reason] of cases) {
    it(what, () => {
      const decision = judgeRamp(ramp(given), { ...SOUND, ...facts });
      assert.equal(decision.do, does);
      assert.match(decision.reason, reason);
    });
  }

  it('never advances but after its soak, with all its workers sound and without any trigger', () => {
    const outcome = fc.constantFrom<AttemptOutcome>(
      'done',
      'failed',
      'crashed',
      'timed-out',
      'aborted',
      'lost',
    );
    const facts = fc.record({
      attempts: fc.array(
        outcome.map((ended) => attempt(ended, 'ValueError')),
        { maxLength: 60 },
      ),
      failedWorkers: fc.array(fc.constant({ worker: 'tag-2', reason: 'gone' }), { maxLength: 1 }),
      sound: fc.nat({ max: 4 }),
      busy: fc.nat({ max: 4 }),
      isWanted: fc.boolean(),
    });
    const given = fc.record({
      state: fc.constantFrom('soaking' as const, 'paused' as const),
      step: fc.nat({ max: 1 }),
      soaked: fc.nat({ max: 20_000 }),
    });
    fc.assert(
      fc.property(given, facts, (some, seen) => {
        const subject = ramp(some);
        const decision = judgeRamp(subject, seen);
        const { workers, soak } = PLAN.steps[some.step]!;
        const isTriggered = findTriggers(PLAN, seen).length > 0;
        assert.equal(decision.do === 'roll-back', isTriggered);
        assert.notEqual(decision.reason, '');
        if (decision.do !== 'advance' && decision.do !== 'complete' && decision.do !== 'soak') return;
        assert.ok(some.state === 'soaking' && seen.isWanted && seen.sound >= workers);
        assert.equal(decision.do !== 'soak', some.soaked >= soak);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a plan', () => {
  it('is 2, 3, 4 and then all where the pool says nothing, up to its number of workers', () => {
    assert.equal(planText(defaultSteps(4)), '2 workers for 2 h, 3 for 4 h, 4 for 1 d');
    assert.equal(planText(defaultSteps(3)), '2 workers for 2 h, 3 for 1 d');
    assert.equal(planText(defaultSteps(10)), '2 workers for 2 h, 3 for 4 h, 4 for 1 d, 10 for 1 d');
    assert.deepEqual(defaultSteps(1), []);
  });

  it('says how many workers its pool is to have for as long as it has a say', () => {
    assert.equal(rampWorkers(undefined), undefined);
    assert.equal(rampWorkers(ramp()), 2);
    assert.equal(rampWorkers(ramp({ step: 1, state: 'paused' })), 3);
    assert.equal(rampWorkers(ramp({ step: 1, state: 'rolled-back' })), 1);
    assert.equal(rampWorkers(ramp({ step: 1, state: 'completed' })), undefined);
    assert.equal(rampWorkers(ramp({ state: 'abandoned' })), undefined);
  });

  it('is told with how far it has come and what it waits for', () => {
    const standing = {
      steps: PLAN.steps,
      step: 1,
      soaked: 4800,
      reason: 'started by hand',
      state: 'soaking',
    } as const;
    assert.equal(rampText(standing), 'step 2 of 2: 3 workers, 1 h 20 min of 4 h');
    assert.match(rampText({ ...standing, waits: 'no job runs' }), /of 4 h; stands still: no job runs$/);
    assert.match(
      rampText({ ...standing, state: 'rolled-back', reason: 'x' }),
      /^rolled back from 3 workers to 1: x$/,
    );
    const first = { ...standing, steps: [{ workers: 1, soak: 60 }], step: 0 };
    assert.equal(rampText({ ...first, state: 'rolled-back', reason: 'x' }), 'rolled back at 1 worker: x');
  });
});

describe('what people do to a ramp', () => {
  it('is possible where it makes sense, and told why not where it does not', () => {
    const possible = (['soaking', 'paused', 'rolled-back', 'completed', 'abandoned'] as const).map((state) =>
      possibleRampActions(state).join(' '),
    );
    assert.deepEqual(possible, ['pause abandon', 'resume abandon', 'start abandon', 'start', 'start']);
    assert.deepEqual(possibleRampActions(undefined), ['start']);
    for (const action of RAMP_ACTIONS) {
      const verdict = judgeRampAction(action, 'completed');
      assert.ok('to' in verdict || 'refused' in verdict);
    }
  });
});
