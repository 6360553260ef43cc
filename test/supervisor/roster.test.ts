import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../manual-clock.ts';
import { SmallCrew } from './small-crew.ts';

describe('a transition of a worker', () => {
  it('is told to everybody who asked: to what starts workers, and to the alerts', () => {
    const crew = new SmallCrew(new ManualClock());
    const { roster } = crew;
    const told: string[] = [];
    roster.onTransition(({ id, state }) => told.push(`alerts: ${id} ${state}`));
    roster.onTransition(({ id, state }) => told.push(`starts: ${id} ${state}`));
    crew.launch();
    assert.deepEqual(told, ['alerts: p-1 STARTING', 'starts: p-1 STARTING']);
  });
});
