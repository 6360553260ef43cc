/** The last hour of a scripted crew: it began 50 minutes ago, and for five minutes in between nothing was seen. */
import type { CrewState } from '../../src/control/crew-state.ts';
import type { MetricPoint, MetricsReport } from '../../src/control/metrics-report.ts';
import { NOON } from './scripted-crew.ts';

const MINUTE = 60_000;

export function scriptedReport({ pools, workers }: CrewState): MetricsReport {
  return {
    since: NOON - 60 * MINUTE,
    until: NOON,
    step: 60,
    series: [
      ...pools.map(({ name }) => ({ pool: name, ...hour(name.length, 4) })),
      ...workers.map(({ id, pool }, index) => ({ pool, worker: id, ...hour(index, 1) })),
    ],
  };
}

function hour(seed: number, workers: number): { overall: MetricPoint; points: MetricPoint[] } {
  const points = Array.from({ length: 50 }, (_, minute) => pointAt(minute, seed, workers));
  return {
    overall: { ...pointAt(0, seed, workers), memory: 4.1e8, memoryMax: 1.3e9, cpu: 71, cpuMax: 402 },
    points: points.filter((_, minute) => minute < 20 || minute >= 25),
  };
}

function pointAt(minute: number, seed: number, workers: number): MetricPoint {
  const wave = (1 + Math.sin(minute / 5 + seed)) / 2;
  return {
    at: NOON + (minute - 50) * MINUTE,
    observed: 60,
    workers,
    load: workers * wave,
    busy: wave,
    memory: 2e8 + minute * 2e7,
    memoryMax: 3e8 + minute * 2e7,
    cpu: 100 * workers * wave,
    cpuMax: 120 * workers * wave,
    done: Math.round(12 * wave),
    failed: 0,
    perMinute: Math.round(12 * wave),
  };
}
