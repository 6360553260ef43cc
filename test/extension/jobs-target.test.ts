import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countOf, jobsText, refusedText } from '../../src/extension/commands/jobs-change-text.ts';
import { targetedJobs, type JobsTarget } from '../../src/extension/commands/jobs-target.ts';
import { queueNodes, type QueueNode } from '../../src/extension/queue-view/queue-nodes.ts';
import { scriptedBatch, scriptedCrew, scriptedPool } from './scripted-crew.ts';

const counts = { pending: 388, running: 3, done: 206, failed: 3, cancelled: 0 };
const crew = scriptedCrew({ pools: [scriptedPool({ counts })], batches: [scriptedBatch({ counts })] });
const failure = { id: 77, batchName: 'sweep', parameters: {}, reason: 'bad seed' };
const [pool, failures] = queueNodes(crew, [failure]) as [QueueNode, QueueNode];

describe('the jobs that a command is called on', () => {
  const cases: [what: string, target: JobsTarget, name: string, select: object][] = [
    ['a pool of the queue', { node: pool }, 'pool simulate', { filter: { pool: 'simulate' } }],
    ['a pool of the workers', { kind: 'pool', pool: 'tag' }, 'pool tag', { filter: { pool: 'tag' } }],
    ['a batch', { node: pool.children[0]! }, 'batch sweep', { filter: { batch: 1 } }],
    ['a batch of the dashboard', 1, 'batch sweep', { filter: { batch: 1 } }],
    ['a failed job', { node: failures.children[0]! }, 'job 77', { jobs: [77] }],
  ];
  for (const [what, target, name, select] of cases) {
    it(`are those of ${what}`, () => assert.deepEqual(targetedJobs(crew, target), { name, select }));
  }

  it('are asked for when it is called on nothing, and refused when the batch is gone', () => {
    assert.equal(targetedJobs(crew, undefined), undefined);
    assert.equal(targetedJobs(crew, { node: failures }), undefined);
    assert.throws(() => targetedJobs(crew, 9), /no batch 9/);
  });

  it('offer only what can be done to them', () => {
    const flagsOf = (change: Partial<typeof counts>): string[] => {
      const now = { pending: 0, running: 0, done: 9, failed: 0, cancelled: 0, ...change };
      const [node] = queueNodes(
        scriptedCrew({ pools: [scriptedPool({ counts: now })], batches: [scriptedBatch({ counts: now })] }),
        [],
      );
      return [node!.contextValue, node!.children[0]!.contextValue];
    };
    assert.deepEqual(flagsOf({}), ['queue', 'batch']);
    assert.deepEqual(flagsOf({ running: 1 }), ['queue+unfinished', 'batch+unfinished']);
    assert.deepEqual(flagsOf({ pending: 1, failed: 1 }), [
      'queue+unfinished+failures',
      'batch+unfinished+failures',
    ]);
  });
});

describe('what becomes of many jobs', () => {
  const changed = {
    matched: 391,
    changed: { running: 3, pending: 1_388 },
    refused: 0,
    problems: [],
    outcomes: [],
  };

  it('is counted by state', () => {
    assert.equal(countOf(changed), 1_391);
    assert.equal(jobsText(changed), '1,388 waiting jobs and 3 running jobs');
    assert.equal(jobsText({ ...changed, changed: { failed: 1 } }), '1 failed job');
    assert.equal(
      jobsText({ ...changed, changed: { done: 1, failed: 2, cancelled: 3 } }),
      '1 finished job, 2 failed jobs and 3 cancelled jobs',
    );
  });

  it('is told where it was refused', () => {
    assert.equal(refusedText(changed, 'cancelled'), undefined);
    const problems = [{ job: 4, message: 'is done already' }];
    assert.equal(
      refusedText({ ...changed, refused: 12, problems }, 'cancelled'),
      'Not cancelled: job 4 and 11 more. Job 4 is done already.',
    );
  });
});
