/** What clients of the HTTP API do with a ramp of the pool `simulate` and a drill of the batch `smoke`. */
import assert from 'node:assert/strict';
import { waitFor } from '../wait-for.ts';
import type { Sending } from './http-service.ts';

/** Asks, and holds the answer against the published document. */
type Ask = (name: string, path: string, sending?: Sending, status?: number) => Promise<never>;

const post = { method: 'POST' };

export async function goThroughRamp(ask: Ask): Promise<void> {
  const listed: { ramps: { pool: string; state: string }[] } = await ask('listRamps', '/api/ramps/');
  assert.deepEqual(
    listed.ramps.map(({ pool, state }) => [pool, state]),
    [['simulate', 'planned']],
  );
  const act = async (action: string, status = 200, pool = 'simulate'): Promise<string | undefined> => {
    const { ramp }: { ramp?: { state: string } } = await ask(
      'changeRamp',
      `/api/ramps/${pool}/${action}/`,
      post,
      status,
    );
    return ramp?.state;
  };
  await act('pause', 409);
  const states = [
    await act('start'),
    await act('pause'),
    await act('pause'),
    await act('resume'),
    await act('abandon'),
  ];
  assert.deepEqual(states, ['soaking', 'paused', 'paused', 'soaking', 'abandoned']);
  await act('resume', 409);
  await act('start', 404, 'nothing');
  await act('hurry', 400);
}

export async function goThroughDrill(ask: Ask): Promise<void> {
  await ask('drillReport', '/api/drills/smoke/', {}, 404);
  await ask('drill', '/api/drills/', { ...post, body: { batches: ['nothing'] } }, 404);
  await ask('drill', '/api/drills/', { ...post, body: { batches: ['smoke'], times: 2 } });
  let drilled!: { left: number; report?: { ok: boolean; runs: number; jobs: number; verdict: string } };
  await waitFor('the drill to end', async () => {
    drilled = await ask('drillReport', '/api/drills/smoke/');
    return drilled.left === 0;
  });
  const { ok, runs, jobs, verdict } = drilled.report!;
  assert.deepEqual([ok, runs, jobs, verdict], [true, 2, 4, 'all done, each result the same every time']);
}
