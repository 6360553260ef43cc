import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { queueNodes, type QueueNode } from '../../src/extension/queue-view/queue-nodes.ts';
import { SCRIPTED_FAILURE, scriptedBatch, scriptedCrew, scriptedPool } from './scripted-crew.ts';

function lines(nodes: QueueNode[], indent = ''): string[] {
  return nodes.flatMap((node) => [
    `${indent}${node.label}${node.description === undefined ? '' : `: ${node.description}`}`,
    ...lines(node.children, `${indent}  `),
  ]);
}

describe('the queue view', () => {
  it('shows pools with their batches, counts and failures', () => {
    const counts = { pending: 388, running: 3, done: 206, failed: 3, cancelled: 0 };
    const crew = scriptedCrew({
      pools: [scriptedPool({ counts })],
      batches: [scriptedBatch({ counts })],
    });
    const failure = {
      id: 77,
      batchName: 'sweep',
      parameters: { alpha: 0.1 },
      reason: SCRIPTED_FAILURE.message,
      worker: 'simulate-2',
    };
    assert.deepEqual(lines(queueNodes(crew, [failure])), [
      'simulate: 391 to do · 32 min 20 s left',
      '  sweep: 206 of 600 done · 3 failed',
      '  Waiting: 388',
      '  Running: 3',
      '  Done: 206',
      '  Failed: 3',
      'Recent Failures',
      '  sweep #77: matrix is singular to working precision',
    ]);
  });

  it('has no more rows for a million jobs than for ten', () => {
    const rows = (pending: number): number =>
      lines(
        queueNodes(
          scriptedCrew({
            pools: [scriptedPool({ counts: { pending, running: 0, done: 0, failed: 0, cancelled: 0 } })],
          }),
          [],
        ),
      ).length;
    assert.equal(rows(1_000_000), rows(10));
  });

  it('shows every unfinished batch and the newest finished ones', () => {
    const done = { pending: 0, running: 0, done: 10, failed: 0, cancelled: 0 };
    const batches = Array.from({ length: 20 }, (_, index) =>
      scriptedBatch({
        id: index + 1,
        name: `b${index + 1}`,
        count: 10,
        ...(index === 2 ? {} : { counts: done }),
      }),
    );
    const [pool] = queueNodes(scriptedCrew({ batches }), []);
    const shown = pool!.children
      .filter((node) => /^batch\b/.test(node.contextValue))
      .map((node) => node.label);
    assert.deepEqual(shown, ['b20', 'b19', 'b18', 'b17', 'b16', 'b3']);
  });

  it('keeps the id of a node while its figures change', () => {
    const ids = (nodes: QueueNode[]): string[] => nodes.flatMap((node) => [node.id, ...ids(node.children)]);
    const before = queueNodes(scriptedCrew(), []);
    const after = queueNodes(
      scriptedCrew({
        pools: [scriptedPool({ counts: { pending: 1, running: 1, done: 598, failed: 0, cancelled: 0 } })],
      }),
      [],
    );
    assert.deepEqual(ids(after), ids(before));
    assert.equal(new Set(ids(after)).size, ids(after).length);
  });
});
