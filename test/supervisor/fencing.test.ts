/** Late, doubled and foreign messages, in more orders than real processes would show. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Worker } from '../../src/supervisor/worker.ts';
import { ManualClock } from '../manual-clock.ts';
import { SmallCrew } from './small-crew.ts';

const make = (): { clock: ManualClock; crew: SmallCrew } => {
  const clock = new ManualClock();
  return { clock, crew: new SmallCrew(clock) };
};

const result = (id: string, value: unknown = id): object => ({ id, result: { result: value } });

describe('what a worker says too late', () => {
  it('a result of an attempt that was given up is refused; the one of the next attempt counts', async () => {
    const { crew } = make();
    const worker = crew.start();
    crew.enqueue();
    await crew.settle();
    const old = worker.handle!;
    crew.endings.stop(worker, { reason: 'restarted by hand', relaunch: true });
    crew.exit(worker);
    crew.register(worker);
    await crew.settle();
    assert.deepEqual([worker.launch, worker.current?.attempt], [2, 2]);
    crew.say(old, result('1.1', 'from the dead'));
    crew.say(old, { method: 'worker/heartbeat', params: {} });
    crew.say(worker.handle!, result('1.1', 'told to say so'));
    assert.equal(worker.current?.attempt, 2);
    crew.say(worker.handle!, result('1.2', 'right'));
    const ends = crew
      .events('job.finished')
      .map(({ attempt, outcome, result: value }) => [attempt, outcome, value]);
    assert.deepEqual(ends, [
      [1, 'aborted', undefined],
      [2, 'done', 'right'],
    ]);
  });

  it('progress and checkpoints of another attempt or another worker change nothing', async () => {
    const { crew } = make();
    const [one, other] = [crew.start(), crew.start()];
    crew.enqueue(2);
    await crew.settle();
    const about = (jobId: number, attempt: number): object[] => [
      { method: '$/progress', params: { jobId, attempt, fraction: 0.9 } },
      { method: 'job/checkpoint', params: { jobId, attempt, checkpoint: 'wrong' } },
    ];
    const mine = one.current!.job.id;
    const theirs = other.current!.job.id;
    for (const message of [...about(mine, 2), ...about(theirs, 1), ...about(99, 1)]) {
      crew.say(one.handle!, message);
    }
    for (const params of [null, [], 'text', { jobId: String(mine), attempt: '1' }]) {
      crew.say(one.handle!, { method: '$/progress', params });
      crew.say(one.handle!, { method: 'job/checkpoint', params });
    }
    crew.say(one.handle!, result(`${theirs}.1`));
    assert.deepEqual(crew.events('job.checkpointed'), []);
    assert.deepEqual(crew.events('job.finished'), []);
    assert.deepEqual(
      [one, other].map(({ current }) => current?.progress),
      [undefined, undefined],
    );
    for (const message of about(mine, 1)) crew.say(one.handle!, message);
    assert.equal(one.assignments[0]?.progress?.fraction, 0.9);
  });

  it('is told to the log once a minute for each worker, however often it is said', async () => {
    const { clock, crew } = make();
    const worker = crew.start();
    for (let n = 0; n < 1000; n++) crew.say(worker.handle!, result('5.1'));
    assert.equal(crew.log.length, 1);
    assert.match(crew.log[0]!, /p-1 answered 5\.1, which is a job it does not have; refused\./);
    clock.advance(61_000);
    crew.say(worker.handle!, result('5.1'));
    assert.equal(crew.log.length, 2);
    assert.match(crew.log[1]!, /999 more/);
  });

  it('an answer to a question that another worker was asked does not count', async () => {
    const { crew } = make();
    const [one, other] = [crew.start(), crew.start()];
    let answered: boolean | undefined;
    void crew.messages.ask(one, 'worker/ping', 5_000).then((value) => (answered = value));
    await crew.settle();
    const { id } = crew.sent.find(({ body }) => body.method === 'worker/ping')!.body;
    crew.say(other.handle!, { id, result: {} });
    await crew.settle();
    assert.equal(answered, undefined);
    crew.say(one.handle!, { id, result: {} });
    await crew.settle();
    assert.equal(answered, true);
  });

  it('never counts, in any order of results, deaths and restarts: each attempt ends once, each job is done once', async () => {
    const step = fc.record({
      do: fc.constantFrom('result', 'error', 'die', 'restart', 'old process'),
      worker: fc.nat(2),
      job: fc.integer({ min: 1, max: 5 }),
      attempt: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { crew } = make();
        const workers = [crew.start(), crew.start(), crew.start()];
        const old: number[] = [];
        crew.enqueue(5);
        await crew.settle();
        for (const { do: action, worker: index, job, attempt } of steps) {
          const worker = workers[index]!;
          const said = { id: `${job}.${attempt}` };
          const before = crew.events('job.finished').length;
          const has = holds(worker, job, attempt);
          if (action === 'result') crew.say(worker.handle!, { ...said, result: { result: 1 } });
          else if (action === 'error')
            crew.say(worker.handle!, { ...said, error: { code: 2002, message: 'no' } });
          else if (action === 'old process' && old.length > 0) {
            crew.say(old[job % old.length]!, { ...said, result: { result: 1 } });
          } else if (action === 'die' || action === 'restart') {
            old.push(worker.handle!);
            if (action === 'restart') crew.endings.stop(worker, { reason: 'restarted' });
            crew.exit(worker);
            crew.start(worker);
          }
          const ended = crew.events('job.finished').length - before;
          if (action === 'result' || action === 'error') assert.equal(ended, has ? 1 : 0);
          if (action === 'old process') assert.equal(ended, 0);
          await crew.settle();
        }
        const ends = crew.events('job.finished');
        assert.equal(new Set(ends.map((end) => `${end.job}.${end.attempt}`)).size, ends.length);
        const done = ends.filter(({ outcome }) => outcome === 'done').map(({ job }) => job);
        assert.equal(new Set(done).size, done.length);
      }),
      { numRuns: 60 },
    );
  });
});

function holds(worker: Worker, job: number, attempt: number): boolean {
  return worker.assignments.some((known) => known.job.id === job && known.attempt === attempt);
}
