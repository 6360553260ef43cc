/** When the work ends, and what there is room for. */
import type { PoolForecast } from '../../control/pool-forecast.ts';
import type { PoolRoom } from '../../control/pool-room.ts';
import type { Forecast } from '../../core/forecast.ts';
import { refusal } from './outcomes.ts';
import { amount, component, describes, listOf, optional, text, time, whole } from './schema.ts';

const forecastMembers = {
  workers: whole(),
  seconds: optional(amount('From now until the last job has ended; absent when unknown.')),
  reason: text('What it rests on, or why it is unknown.'),
};

const poolForecast = component(
  'PoolForecast',
  describes<PoolForecast>({
    ...forecastMembers,
    pool: text(),
    left: whole('Jobs that wait or run.'),
    whatIf: { ...describes<Forecast>(forecastMembers), description: 'With more or fewer workers.' },
  }),
);

export const forecastAnswer = describes<{ at: number; pools: PoolForecast[] }>({
  at: time(),
  pools: listOf(poolForecast),
});

const poolRoom = component(
  'PoolRoom',
  describes<PoolRoom>({
    pool: text(),
    more: whole('Workers, at most 100.'),
    refusal: optional(refusal),
  }),
);

export const roomAnswer = describes<{ pools: PoolRoom[] }>({ pools: listOf(poolRoom) });
