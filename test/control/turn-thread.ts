/** Lives through a scenario and posts how many orders there were, or how many turns were taken. Fails where two had the turn. */
import { parentPort, workerData } from 'node:worker_threads';
import type { SimulatedStarter } from './simulated-starters.ts';
import { explore, wander } from './turn-orders.ts';

const once: SimulatedStarter = { waits: false, work: 1, starts: 1 };

const scenarios = {
  'all orders': async () => {
    const two = await explore([once, once], [], { interruptions: 3, deaths: 1 });
    await explore([once, once, once], [], { interruptions: 2, deaths: 0 });
    return two;
  },
  'all orders with a stale ticket or a wait': async () => {
    const waits = { ...once, waits: true };
    const stale = await explore([once, once], [3], { interruptions: 3, deaths: 1 });
    await explore([once, waits], [], { interruptions: 3, deaths: 1 });
    await explore([once, waits, once], [], { interruptions: 1, deaths: 1 });
    return stale;
  },
  'many by chance': async () => {
    let taken = 0;
    for (let seed = 1; seed <= 600; seed++) taken += await wander(seed);
    return taken;
  },
};
export type TurnScenario = keyof typeof scenarios;

parentPort!.postMessage(await scenarios[workerData as TurnScenario]());
