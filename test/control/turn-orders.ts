/** Every order of the steps of a few starters, and many by chance. */
import assert from 'node:assert/strict';
import { settled, Simulation, type Choice, type SimulatedStarter } from './simulated-starters.ts';

/** A small generator of its own, so that a seed that fails can be replayed anywhere (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function replay(simulation: Simulation, choices: Choice[]): Promise<void> {
  await settled();
  for (const choice of choices) await simulation.choose(choice);
}

interface Limits {
  /** How often a starter is interrupted though it could go on. Errors of this kind need few interruptions. */
  interruptions: number;
  deaths: number;
}

/** Every order of the steps of a few starters within limits. Returns how many orders there were. */
export async function explore(
  starters: SimulatedStarter[],
  stale: number[],
  limits: Limits,
): Promise<number> {
  let orders = 0;
  const pending: Choice[][] = [[]];
  for (let choices = pending.pop(); choices; choices = pending.pop()) {
    const simulation = new Simulation(starters, stale);
    await replay(simulation, choices);
    // Goes on along the first branch, and leaves the others for later.
    for (;;) {
      assert.equal(simulation.violation, undefined, JSON.stringify(choices));
      const [first, ...others] = optionsAfter(choices, simulation.ready, limits);
      if (!first) break;
      assert.ok(choices.length < 200, `no end: ${JSON.stringify(choices)}`);
      for (const other of others) pending.push([...choices, other]);
      choices = [...choices, first];
      await simulation.choose(first);
    }
    assert.ok(simulation.finished);
    orders++;
  }
  return orders;
}

/** What may happen next; the one who is at work goes on first. */
function optionsAfter(choices: Choice[], ready: number[], { interruptions, deaths }: Limits): Choice[] {
  let current = -1;
  let interrupted = 0;
  for (const choice of choices) {
    if (!('go' in choice)) continue;
    if (choice.interrupts) interrupted++;
    current = choice.go;
  }
  const goesOn = ready.includes(current);
  const options: Choice[] = goesOn ? [{ go: current }] : [];
  if (!goesOn || interrupted < interruptions) {
    for (const go of ready) if (go !== current) options.push({ go, interrupts: goesOn });
  }
  const died = choices.filter((choice) => 'die' in choice).length;
  if (died < deaths) options.push(...ready.map((die) => ({ die })));
  return options;
}

/** Steps and deaths by chance. Returns how often a turn was taken. */
export async function wander(seed: number): Promise<number> {
  const random = randomOf(seed);
  const starters = Array.from({ length: 2 + Math.floor(random() * 4) }, () => ({
    waits: random() < 0.3,
    work: Math.floor(random() * 4),
    starts: 1 + Math.floor(random() * 3),
  }));
  const stale = Array.from({ length: Math.floor(random() * 3) }, () => 1 + Math.floor(random() * 4));
  const simulation = new Simulation(starters, stale, () => random() < 0.5);
  await replay(simulation, []);
  const death = random() * 0.05;
  for (let steps = 0; !simulation.finished; steps++) {
    const { ready } = simulation;
    assert.ok(ready.length > 0 && steps < 5_000, `seed ${seed}: it does not go on`);
    const index = ready[Math.floor(random() * ready.length)]!;
    await simulation.choose(random() < death ? { die: index } : { go: index });
    assert.equal(simulation.violation, undefined, `seed ${seed}`);
  }
  return simulation.turnsTaken;
}
