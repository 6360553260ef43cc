import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Acknowledgements } from '../../src/supervisor/acknowledgements.ts';
import { ManualClock } from '../manual-clock.ts';
import { SmallCrew } from './small-crew.ts';

describe('acknowledgements', () => {
  it('are given for all that needs no disk or has it, for nothing else, and in the end for everything', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('record', 'nothing', 'hold') }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('release', 'flush', 'fail', 'pass') }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const clock = new ManualClock();
        /** Messages whose consequences are on the disk, by the model. */
        const unsafe = new Set<number>();
        let held: number | undefined;
        let acknowledged = 0;
        let fails = false;
        const flush = async (): Promise<void> => {
          const covered = [...unsafe].filter((sequence) => sequence !== held);
          await Promise.resolve();
          if (fails) throw new Error('the disk refuses');
          for (const sequence of covered) unsafe.delete(sequence);
        };
        const acknowledgements = new Acknowledgements(
          clock,
          flush,
          (_, sequence) => {
            assert.ok(sequence > acknowledged);
            for (const kept of unsafe)
              assert.ok(sequence < kept, `${sequence} acknowledged, ${kept} not safe`);
            acknowledged = sequence;
          },
          () => undefined,
        );
        let last = 0;
        for (const { do: action } of steps) {
          if (action === 'record' || action === 'nothing') {
            last++;
            if (action === 'record') unsafe.add(last);
            acknowledgements.dealtWith(1, last, action === 'record');
          } else if (action === 'hold') {
            last++;
            // The newer one takes its place.
            if (held !== undefined) unsafe.delete(held);
            held = last;
            unsafe.add(last);
            acknowledgements.hold(1, last);
            acknowledgements.dealtWith(1, last, false);
          } else if (action === 'release') {
            held = undefined;
            acknowledgements.release(1);
          } else if (action === 'pass') clock.advance(100);
          else {
            fails = action === 'fail';
            await acknowledgements.flush();
          }
        }
        held = undefined;
        fails = false;
        acknowledgements.release(1);
        await acknowledgements.flush();
        clock.advance(100);
        assert.equal(acknowledged, last);
      }),
    );
  });
});

describe('results', () => {
  it('are acknowledged together when they come shortly after one another, while the next job is sent at once', async () => {
    const clock = new ManualClock();
    const crew = new SmallCrew(clock);
    const { handle } = crew.start();
    crew.enqueue(3);
    await crew.settle();
    clock.advance(100);
    await crew.settle();
    const before = crew.acknowledged.get(handle!);
    crew.say(handle!, { id: '1.1', result: { result: null } });
    await crew.settle();
    clock.advance(3);
    const last = crew.say(handle!, { id: '2.1', result: { result: null } });
    await crew.settle();
    assert.equal(crew.sent.filter(({ body }) => body.method === 'job/run').length, 3);
    assert.equal(crew.acknowledged.get(handle!), before);
    clock.advance(2);
    await crew.settle();
    assert.equal(crew.acknowledged.get(handle!), last);
  });
});

describe('checkpoints', () => {
  const checkpoint = (step: number): object => ({
    method: 'job/checkpoint',
    params: { jobId: 1, attempt: 1, checkpoint: step },
  });
  const recorded = (crew: SmallCrew): unknown[] =>
    crew.events('job.checkpointed').map((event) => event.checkpoint);

  it('are recorded at most once a second, the last in any case, and kept by the keeper until then', async () => {
    const clock = new ManualClock();
    const crew = new SmallCrew(clock);
    const worker = crew.start();
    crew.enqueue();
    await crew.settle();
    let sequence = 0;
    for (let step = 1; step <= 100; step++) sequence = crew.say(worker.handle!, checkpoint(step));
    assert.deepEqual(recorded(crew), [1]);
    clock.advance(500);
    await crew.settle();
    clock.advance(100);
    assert.equal(
      crew.acknowledged.get(worker.handle!),
      sequence - 1,
      'all but the last, which is not recorded',
    );
    clock.advance(500);
    await crew.settle();
    clock.advance(100);
    assert.deepEqual(recorded(crew), [1, 100]);
    assert.equal(crew.acknowledged.get(worker.handle!), sequence);
  });

  it('that are not recorded yet are, before the end of an attempt that is followed by another', async () => {
    const clock = new ManualClock();
    const crew = new SmallCrew(clock);
    const worker = crew.start();
    crew.enqueue();
    await crew.settle();
    crew.say(worker.handle!, checkpoint(1));
    crew.say(worker.handle!, checkpoint(2));
    crew.exit(worker);
    assert.deepEqual(recorded(crew), [1, 2]);
    crew.start(worker);
    await crew.settle();
    const run = crew.sent.findLast(({ body }) => body.method === 'job/run');
    assert.deepEqual((run?.body.params as { checkpoint: unknown }).checkpoint, 2);
    clock.advance(5_000);
    assert.deepEqual(recorded(crew), [1, 2]);
  });
});

describe('a checkpoint that waits to be recorded when the supervisor ends', () => {
  it('stays with the keeper: the store is closed by then', async () => {
    const clock = new ManualClock();
    const crew = new SmallCrew(clock);
    const worker = crew.start();
    crew.enqueue();
    await crew.settle();
    const save = (step: number): number =>
      crew.say(worker.handle!, {
        method: 'job/checkpoint',
        params: { jobId: 1, attempt: 1, checkpoint: step },
      });
    save(1);
    const second = save(2);
    crew.messages.end();
    clock.advance(5_000);
    await crew.settle();
    assert.equal(crew.events('job.checkpointed').length, 1);
    assert.ok(crew.acknowledged.get(worker.handle!)! < second);
  });
});

describe('a worker that reads no messages any more', () => {
  it('gives back what never reached it, finishes what it computes, and is started again', async () => {
    const clock = new ManualClock();
    const crew = new SmallCrew(clock);
    const worker = crew.start();
    crew.enqueue(2);
    await crew.settle();
    const first = worker.current!;
    const waiting = { job: { ...first.job, id: 2 }, attempt: 1, frame: 99, size: 0 };
    crew.store.append({ type: 'job.claimed', job: 2, attempt: 1, worker: worker.id, launch: 1, frame: 99 });
    worker.assignments.push(waiting);
    crew.endings.deaf(worker, 98);
    assert.deepEqual(worker.assignments, [first]);
    assert.equal(crew.events('job.finished').at(-1)?.outcome, 'returned');
    assert.equal(worker.state, 'DRAINING');
    crew.say(worker.handle!, { id: '1.1', result: { result: 'late but right' } });
    assert.equal(crew.events('job.finished').at(-1)?.outcome, 'done');
    crew.exit(worker);
    assert.deepEqual([worker.launch, worker.state], [2, 'STARTING']);
  });
});
