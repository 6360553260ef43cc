import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { groupsOf } from '../../src/extension/commands/worker-groups.ts';
import { scriptedWorker } from './scripted-crew.ts';

const worker = (id: string, labels: Record<string, string> = {}) =>
  scriptedWorker({ id, pool: id.split('-')[0]!, labels });

describe('what may be picked at once for a command', () => {
  const law = { domain: 'law' };
  const crew = [
    worker('tag-1', { ...law, annotator: 'ada' }),
    worker('tag-2', { ...law, annotator: 'bob' }),
    worker('tag-3', { domain: 'art', annotator: 'ada' }),
    worker('fit-1'),
  ];

  it('is all workers, each pool and each label that more than one has', () => {
    assert.deepEqual(
      groupsOf(crew).map(({ heading, label, workers }) => [heading, label, workers.map(({ id }) => id)]),
      [
        ['Crew', 'All workers', ['tag-1', 'tag-2', 'tag-3', 'fit-1']],
        ['tag', 'All of tag', ['tag-1', 'tag-2', 'tag-3']],
        ['Labels', 'annotator: ada', ['tag-1', 'tag-3']],
        ['Labels', 'domain: law', ['tag-1', 'tag-2']],
      ],
    );
  });

  it('names the same workers once where there is one pool', () => {
    assert.deepEqual(
      groupsOf([worker('fit-1'), worker('fit-2')]).map(({ label }) => label),
      ['All of fit'],
    );
    assert.deepEqual(groupsOf([worker('fit-1')]), []);
  });
});
