import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  judgeCommand,
  phaseOf,
  WORKER_COMMANDS,
  WORKER_PHASES,
  type WorkerPhase,
  type WorkerSituation,
} from '../../src/core/worker-commands.ts';
import { WORKER_STATES } from '../../src/core/worker-state.ts';

/** What each command does in each phase: an action, `=` for nothing because it is so already, `x` for a refusal. */
const EXPECTED = `
phase       drain         stop          abort  restart      pause  resume  freeze  continue  remove
starting    stop          stop          abort  restart      pause  resume  x       =         x
running     drain         stop          abort  restart      pause  resume  freeze  continue  x
draining    end-for-good  stop          abort  restart      =      resume  freeze  continue  x
stopping    =             =             abort  start-again  =      resume  x       =         x
restarting  end-for-good  end-for-good  abort  =            pause  resume  x       =         x
aborting    =             =             =      x            =      resume  x       =         x
replacing   end-for-good  end-for-good  abort  =            pause  resume  x       =         x
ended       x             x             x      launch       x      x       x       x         remove
`;

function expectedTable(): Map<WorkerPhase, Map<string, string>> {
  const [head, ...rows] = EXPECTED.trim()
    .split('\n')
    .map((line) => line.split(/\s+/));
  return new Map(
    rows.map(([phase, ...cells]) => [
      phase as WorkerPhase,
      new Map(cells.map((cell, index) => [head![index + 1]!, cell])),
    ]),
  );
}

const situation = (phase: WorkerPhase, more: Partial<WorkerSituation> = {}): WorkerSituation => ({
  phase,
  state: phase === 'ended' ? 'DEAD' : 'RUNNING',
  reason: 'drained',
  paused: false,
  frozen: false,
  canFreeze: true,
  ...more,
});

function shown(verdict: ReturnType<typeof judgeCommand>): string {
  if ('do' in verdict) return verdict.do;
  return 'already' in verdict ? '=' : 'x';
}

const booleans = [false, true];
const pairs = WORKER_PHASES.flatMap((phase) => WORKER_COMMANDS.map((command) => ({ phase, command })));
const flags = booleans.flatMap((paused) =>
  booleans.flatMap((frozen) => booleans.map((canFreeze) => ({ paused, frozen, canFreeze }))),
);

describe('what a command does to a worker', () => {
  it('is what the table says, for each pair of phase and command', () => {
    const expected = expectedTable();
    assert.deepEqual([...expected.keys()], [...WORKER_PHASES]);
    for (const [phase, row] of expected) {
      assert.deepEqual([...row.keys()], [...WORKER_COMMANDS]);
      for (const command of WORKER_COMMANDS) {
        // The flag that the command would change stands so that there is something to do.
        const more = { paused: command === 'resume', frozen: command === 'continue' };
        assert.equal(
          shown(judgeCommand(command, situation(phase, more))),
          row.get(command),
          `${command} of one that is ${phase}`,
        );
      }
    }
  });

  it('is told with a reason whenever nothing is done', () => {
    for (const { phase, command } of pairs) {
      for (const more of flags) {
        const verdict = judgeCommand(command, situation(phase, more));
        if ('do' in verdict) continue;
        const why = 'already' in verdict ? verdict.already : verdict.refused;
        assert.match(why, /^(is|takes|has|cannot) \w+/, `${command} of one that is ${phase}`);
      }
    }
  });

  it('depends on a flag only where it changes that flag', () => {
    for (const { phase, command } of pairs) {
      const results = new Set(
        flags.map((more) => JSON.stringify(judgeCommand(command, situation(phase, more)))),
      );
      const changes = ['pause', 'resume', 'freeze', 'continue'].includes(command);
      if (!changes) assert.equal(results.size, 1, `${command} of one that is ${phase}`);
    }
  });

  it('never takes an abort back, and an abort wins over all that goes on', () => {
    for (const phase of WORKER_PHASES) {
      const verdict = judgeCommand('abort', situation(phase));
      if (phase !== 'aborting' && phase !== 'ended') assert.deepEqual(verdict, { do: 'abort' });
    }
    for (const command of WORKER_COMMANDS) {
      const verdict = judgeCommand(command, situation('aborting', { paused: true, frozen: true }));
      assert.ok(!('do' in verdict) || verdict.do === 'resume', command);
    }
  });

  it('removes and launches only what has no process, and ends only what has one', () => {
    for (const { phase, command } of pairs) {
      const verdict = judgeCommand(command, situation(phase));
      if (!('do' in verdict)) continue;
      const needsNoProcess = verdict.do === 'remove' || verdict.do === 'launch';
      assert.equal(needsNoProcess, phase === 'ended', `${command} of one that is ${phase}`);
    }
  });

  it('freezes nothing that is to end, nothing twice, and nothing where a process cannot be stopped', () => {
    for (const phase of WORKER_PHASES) {
      const does = (more: Partial<WorkerSituation>): string =>
        shown(judgeCommand('freeze', situation(phase, more)));
      assert.equal(does({}) === 'freeze', phase === 'running' || phase === 'draining');
      assert.notEqual(does({ frozen: true }), 'freeze');
      assert.equal(does({ canFreeze: false }), 'x');
    }
    const verdict = judgeCommand('freeze', situation('running', { canFreeze: false }));
    assert.match('refused' in verdict ? verdict.refused : '', /this platform cannot stop a process/);
  });

  it('says of one that has ended how it has', () => {
    assert.deepEqual(judgeCommand('drain', situation('ended')), { refused: 'is DEAD already (drained)' });
  });
});

describe('the phase of a worker', () => {
  it('follows from its state and from what was decided about its end', () => {
    const ending = { relaunch: false, forced: false };
    const graceful = { ...ending, forceAt: 5 };
    const cases: [Parameters<typeof phaseOf>, WorkerPhase][] = [
      [['STARTING', undefined], 'starting'],
      [['RUNNING', undefined], 'running'],
      [['DRAINING', undefined], 'draining'],
      [['DRAINING', ending], 'draining'],
      [['DRAINING', { ...ending, relaunch: true }], 'draining'],
      [['DRAINING', graceful], 'stopping'],
      [['STARTING', graceful], 'stopping'],
      [['DRAINING', { ...graceful, relaunch: true }], 'restarting'],
      [['RUNNING', { ...ending, forced: true }], 'aborting'],
      [['RUNNING', { ...graceful, forced: true, relaunch: true }], 'replacing'],
      [['FAILED', undefined], 'ended'],
      [['DEAD', { ...graceful, relaunch: true }], 'ended'],
    ];
    for (const [given, phase] of cases) assert.equal(phaseOf(...given), phase, JSON.stringify(given));
    for (const state of WORKER_STATES) assert.ok(WORKER_PHASES.includes(phaseOf(state, undefined)));
  });
});
