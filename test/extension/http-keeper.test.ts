import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { HttpReport } from '../../src/control/http-process.ts';
import { HttpKeeper } from '../../src/extension/http-keeper.ts';
import { ManualClock } from '../manual-clock.ts';

const served: HttpReport = { served: true, url: 'u', recordFile: 'r', tokenFile: 't', headerFile: 'h' };
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function scene(report: HttpReport): {
  keeper: HttpKeeper;
  clock: ManualClock;
  started: { port: number; ended: boolean; die: (code: number) => void }[];
  problems: string[];
} {
  const clock = new ManualClock(0);
  const started: { port: number; ended: boolean; die: (code: number) => void }[] = [];
  const problems: string[] = [];
  const keeper = new HttpKeeper({
    start: async ({ port }) => {
      const { promise, resolve } = Promise.withResolvers<number | null>();
      const entry = { port, ended: false, die: resolve };
      started.push(entry);
      return { report, ended: promise, end: () => (entry.ended = true) };
    },
    clock,
    log: { info: () => undefined, warn: () => undefined },
    onProblem: (message) => problems.push(message),
  });
  return { keeper, clock, started, problems };
}

it('serves while it is wished, ends what a new wish replaces, and starts one again that died', async () => {
  const { keeper, clock, started } = scene(served);
  keeper.wish({ workspace: '/w', port: 1 });
  keeper.wish({ workspace: '/w', port: 1 });
  await settled();
  assert.equal(started.length, 1);
  keeper.wish({ workspace: '/w', port: 2 });
  await settled();
  assert.deepEqual(
    started.map(({ port, ended }) => [port, ended]),
    [
      [1, true],
      [2, false],
    ],
  );
  started[1]!.die(70);
  await settled();
  clock.advance(5_000);
  await settled();
  assert.equal(started.length, 3);
  keeper.dispose();
  assert.equal(started[2]!.ended, true);
  clock.advance(60_000);
  assert.equal(started.length, 3);
});

it('ends at once what came up after it was wished for no more', async () => {
  const { keeper, started } = scene(served);
  keeper.wish({ workspace: '/w', port: 1 });
  keeper.wish(undefined);
  await settled();
  assert.equal(started[0]!.ended, true);
});

it('waits for its turn where another window serves, and tells once of what it cannot do', async () => {
  const waiting = scene({ served: false, held: 'u', message: 'held' });
  waiting.keeper.wish({ workspace: '/w', port: 1 });
  await settled();
  waiting.clock.advance(5_000);
  await settled();
  assert.deepEqual([waiting.started.length, waiting.problems.length], [2, 0]);
  const taken = scene({ served: false, message: 'Port 1 is taken.', nextStep: 'Choose another.' });
  taken.keeper.wish({ workspace: '/w', port: 1 });
  await settled();
  taken.clock.advance(60_000);
  await settled();
  assert.deepEqual([taken.started.length, taken.problems], [1, ['Port 1 is taken. Choose another.']]);
});
