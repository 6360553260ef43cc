import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { explainRemovedWorker, explainWorker, type WorkerQuestion } from '../../src/core/explain-worker.ts';
import {
  attemptOf,
  crewOf,
  endedWorker,
  NOW,
  pastOf,
  poolOf,
  questionOf,
  workerOf,
} from './explain-scene.ts';

const job = { id: 5, attempt: 1, startedAt: NOW - 90_000 };

/** What is said behind "simulate-1 ", and the first next step. */
const TABLE: [name: string, question: Partial<WorkerQuestion>, headline: string, step: string][] = [
  [
    'with nothing to do',
    {},
    'is ready and has nothing to do: no job waits in pool simulate.',
    'nightcrew enqueue simulate --param name=value',
  ],
  [
    'with nothing for its labels, and jobs that wait for another try',
    { worker: workerOf({ labels: { annotator: 'ada' } }), pool: poolOf({ delayed: 2 }) },
    'is ready and has nothing to do: no job that a worker with annotator=ada may take waits in pool simulate; 2 jobs of its pool wait for another try.',
    'nightcrew enqueue simulate --param name=value',
  ],
  [
    'at work',
    { worker: workerOf({ job: { ...job, fraction: 0.5 }, ahead: [6] }) },
    'runs job 5 for 1 min 30 s, 50 % done, with 1 job sent ahead.',
    'nightcrew explain 5',
  ],
  [
    'that is paused',
    { worker: workerOf({ paused: true }), waitingForIt: 12 },
    'is paused; 12 jobs could be given to it.',
    'nightcrew resume simulate-1',
  ],
  [
    'that is silent',
    { worker: workerOf({ stalled: true, heardAt: NOW - 300_000, job }) },
    'lives but has not been heard for 5 min: it hangs, or computes without answering; it is left alone, because `autoRestart` of its pool does not name `stalled`; it runs job 5 for 1 min 30 s.',
    'nightcrew health simulate-1',
  ],
  [
    'whose job does not get on',
    {
      worker: workerOf({ stuck: 'job 5: has not moved for 50 min', job }),
      pool: poolOf({ autoRestart: ['stuck'] }),
    },
    'is heard, but does not get on: job 5: has not moved for 50 min; it runs job 5 for 1 min 30 s.',
    'nightcrew logs simulate-1',
  ],
  [
    'that is draining',
    { worker: workerOf({ state: 'DRAINING', phase: 'draining', endingReason: 'drained', job }) },
    'is draining (drained): it finishes job 5 and takes no more.',
    'nightcrew restart simulate-1',
  ],
  [
    'that is stopping',
    {
      worker: workerOf({
        state: 'DRAINING',
        phase: 'stopping',
        endingReason: 'stopped by hand',
        forcedAt: NOW + 20_000,
        job,
      }),
    },
    'is stopping (stopped by hand); it is ended by force in 20 s; it runs job 5 for 1 min 30 s.',
    'nightcrew restart simulate-1',
  ],
  [
    'that is starting',
    { worker: workerOf({ state: 'STARTING', phase: 'starting', registersBy: NOW + 12_000 }) },
    'is starting and has to register in 12 s at the latest.',
    'Wait: simulate-1 takes jobs as soon as it has registered',
  ],
  [
    'that was given up',
    { worker: endedWorker({ hasGivenUp: true, autoRestarts: 3, restartDue: NOW + 41 * 60_000 }) },
    'failed (ended with exit code 3) and is left alone for another 41 min: it was started again 3 times within an hour.',
    'nightcrew logs simulate-1',
  ],
  [
    'that its pool wants left alone',
    { worker: endedWorker(), pool: poolOf({ autoRestart: [] }) },
    'failed (ended with exit code 3) and is not started again by itself because `autoRestart` of its pool does not name `failed`.',
    'nightcrew logs simulate-1',
  ],
  [
    'whose place the ramp of its pool has taken',
    { worker: endedWorker(), pool: poolOf({ ramp: { workers: 1, text: 'rolled back' } }) },
    'failed (ended with exit code 3) and is not started again by itself; the ramp holds its pool at 1 worker for now.',
    'nightcrew logs simulate-1',
  ],
  [
    'of a crew that is not to work',
    { worker: endedWorker(), crew: crewOf({ wanted: false }) },
    'failed (ended with exit code 3) and is not started again by itself because the crew is not to work.',
    'nightcrew logs simulate-1',
  ],
  [
    'that was refused for lack of room',
    {
      worker: endedWorker({
        refusal: { reasons: ['needs 2 GPUs, 1 of 2 free'], nextStep: 'Stop another worker.' },
      }),
    },
    'was not started for lack of room: it needs 2 GPUs, 1 of 2 free.',
    'Stop another worker.',
  ],
  [
    'that ended as asked',
    { worker: endedWorker({ state: 'DEAD', reason: 'stopped by hand' }) },
    'has ended (stopped by hand).',
    'nightcrew restart simulate-1',
  ],
];

describe('why a worker is as it is', () => {
  for (const [name, question, headline, step] of TABLE) {
    it(`is told of one ${name}`, () => {
      const explanation = explainWorker(questionOf(question));
      assert.equal(explanation.headline, `simulate-1 ${headline}`);
      const [first] = explanation.nextSteps;
      assert.equal(first?.cli ?? first?.text, step);
    });
  }

  it('says which job it ran when it died, and what happened to it, newest first', () => {
    const died = NOW - 3_600_000;
    const { facts, nextSteps } = explainWorker(
      questionOf({
        worker: endedWorker({ since: died, restartDue: NOW + 1000, jobsDone: 12, jobsFailed: 1 }),
        past: pastOf({
          transitions: [
            { at: died, launch: 4, from: 'RUNNING', to: 'FAILED', reason: 'ended with exit code 3' },
            { at: died - 9000, launch: 4, from: 'STARTING', to: 'RUNNING', reason: 'registered' },
          ],
          notes: [{ at: died - 5000, launch: 4, kind: 'paused', reason: 'by hand' }],
          broken: [{ ...attemptOf(1, { outcome: 'crashed', finishedAt: died, logTail: 'bye' }), job: 99 }],
        }),
      }),
    );
    assert.deepEqual(
      facts.map(({ text }) => text.replace(/ after .*/, '')),
      [
        'It ran job 99 when it ended (attempt 1)',
        'In all its launches 12 jobs got done on it, and 1 attempt failed',
        'RUNNING → FAILED: ended with exit code 3',
        'Job 99, attempt 1, died with its worker (ValueError: alpha must be positive)',
        'Paused: by hand',
        'STARTING → RUNNING: registered',
      ],
    );
    assert.ok(nextSteps.some(({ cli }) => cli === 'nightcrew explain 99'));
  });

  it('is known of one that is on the list no longer, and of nobody else', () => {
    const past = pastOf({
      transitions: [
        { at: NOW - 9000, launch: 1, from: 'RUNNING', to: 'FAILED', reason: 'was killed by SIGKILL' },
      ],
      notes: [{ at: NOW - 5000, launch: 1, kind: 'removed', reason: 'from the list' }],
    });
    const removed = explainRemovedWorker('simulate-1', 'simulate', NOW, past);
    assert.equal(
      removed?.headline,
      'simulate-1 is not on the list any more: it was removed 5 s ago. Before, it was FAILED: was killed by SIGKILL.',
    );
    assert.equal(removed.nextSteps[1]?.cli, 'nightcrew add simulate');
    assert.equal(explainRemovedWorker('simulate-9', 'simulate', NOW, pastOf()), undefined);
  });

  it('says what changed in the crew file since a worker was started, and to start it again', () => {
    const { facts, nextSteps } = explainWorker(questionOf({ worker: workerOf({ outdated: 'run' }) }));
    assert.equal(facts[0]?.text, 'Since it was started, `run` changed in the crew file');
    assert.ok(nextSteps.some(({ cli }) => cli === 'nightcrew restart simulate-1'));
  });
});
