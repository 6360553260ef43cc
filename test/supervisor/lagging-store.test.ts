/** The database is far behind the journal: no job is given out and none taken in, what runs goes on and is recorded. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OperationContext } from '../../src/supervisor/operations/context.ts';
import { enqueue } from '../../src/supervisor/operations/queue-jobs.ts';
import { ManualClock } from '../manual-clock.ts';
import { POOL, SmallCrew } from './small-crew.ts';

function jobsSent(crew: SmallCrew): string[] {
  return crew.sent.flatMap(({ body }) => (body.method === 'job/run' ? [body.id!] : []));
}

describe('while the store is behind', () => {
  it('no job is claimed; results are recorded; then claims go on', async () => {
    const crew = new SmallCrew(new ManualClock());
    const worker = crew.start();
    crew.enqueue(3);
    await crew.settle();
    assert.deepEqual(jobsSent(crew), ['1.1']);
    crew.store.isBehind = true;
    crew.say(worker.handle!, { id: '1.1', result: { result: 'right' } });
    await crew.settle();
    crew.dispatcher.feedPool('p');
    await crew.settle();
    assert.deepEqual(
      crew.events('job.finished').map(({ job, outcome }) => [job, outcome]),
      [[1, 'done']],
    );
    assert.deepEqual(jobsSent(crew), ['1.1']);
    crew.store.catchUp();
    await crew.settle();
    assert.deepEqual(jobsSent(crew), ['1.1', '2.1']);
    // And once more.
    crew.store.isBehind = true;
    crew.say(worker.handle!, { id: '2.1', result: { result: 'right' } });
    await crew.settle();
    assert.equal(jobsSent(crew).length, 2);
    crew.store.catchUp();
    await crew.settle();
    assert.deepEqual(jobsSent(crew), ['1.1', '2.1', '3.1']);
  });

  it('a checkpoint waits with the keeper, the newest is recorded when it has caught up', async () => {
    const clock = new ManualClock();
    const crew = new SmallCrew(clock);
    const worker = crew.start();
    crew.enqueue(1);
    await crew.settle();
    crew.store.isBehind = true;
    const save = (step: number): number =>
      crew.say(worker.handle!, {
        method: 'job/checkpoint',
        params: { jobId: 1, attempt: 1, checkpoint: { step } },
      });
    const first = save(1);
    save(2);
    for (let second = 0; second < 5; second++) clock.advance(1_000);
    await crew.settle();
    assert.deepEqual(crew.events('job.checkpointed'), []);
    assert.ok((crew.acknowledged.get(worker.handle!) ?? 0) <= first);
    crew.store.catchUp();
    clock.advance(2_000);
    await crew.settle();
    assert.deepEqual(
      crew.events('job.checkpointed').map(({ checkpoint }) => checkpoint),
      [{ step: 2 }],
    );
  });

  it('an enqueue waits, and one that is asked twice meanwhile gives its jobs once', async () => {
    const crew = new SmallCrew(new ManualClock());
    const { store, queue, dispatcher } = crew;
    const pools = { settings: () => POOL };
    const context = { store, queue, dispatcher, pools, declarePools: () => undefined };
    const ask = (request: string): ReturnType<typeof enqueue> =>
      enqueue(
        { request, pool: 'p', source: { matrix: { seed: '1..5' } } },
        context as unknown as OperationContext,
      );
    store.isBehind = true;
    const asked = [ask('a'), ask('a'), ask('b')];
    await crew.settle();
    assert.deepEqual(crew.events('batch.enqueued'), []);
    store.catchUp();
    const [first, again, other] = await Promise.all(asked);
    assert.deepEqual(first, again);
    assert.notEqual(first!.batch, other!.batch);
    assert.equal(crew.events('batch.enqueued').length, 2);
  });
});
