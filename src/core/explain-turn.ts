/** A job that waits only because others are before it: how many, how long, and what would let it run sooner. */
import { formatDuration } from './duration.ts';
import type { JobFacts } from './explain-facts.ts';
import { addStep, explainWorkerStep } from './explain-steps.ts';
import { all, type ExplanationFact, type NextStep } from './explanation.ts';
import { routeAccepts } from './route.ts';
import { quantity } from './quantity.ts';
import { obstacleOf } from './worker-obstacle.ts';

/** Somebody takes jobs: those that go before it come first. */
export function itsTurn({ job, pool, before, crew }: JobFacts): { headline: string; steps: NextStep[] } {
  const taking = (pool?.workers ?? []).filter(
    (worker) =>
      routeAccepts(job.route, worker.labels) && obstacleOf(worker, { ...crew, ...pool! }) === undefined,
  );
  const free = taking.filter((worker) => worker.job === undefined);
  const count = before?.count ?? 0;
  const ahead =
    count === 0
      ? 'no other job is before it'
      : `${quantity(count, 'job')} ${count === 1 ? 'is' : 'are'} before it`;
  const who =
    taking.length === 1
      ? `${taking[0]!.id}, the only worker that may take it,`
      : `${all(taking.length)} that may take it`;
  const look: NextStep[] = taking
    .filter(({ stuck, stalled }) => stuck !== undefined || stalled)
    .map(({ id, stalled }) =>
      explainWorkerStep(id, `Look at ${id}, which ${stalled ? 'is not heard any more' : 'does not get on'}`),
    );
  const highest = before?.highestPriority ?? job.priority;
  const first: NextStep = {
    text: 'Have it run next',
    cli: `nightcrew reprioritise ${job.id} --priority ${Math.max(highest, job.priority) + 1}`,
  };
  if (free.length > 0) {
    return {
      headline: `waits its turn: ${free.length === 1 ? `${free[0]!.id} is free` : `${free.length} workers are free`}, and ${ahead}`,
      steps: [
        { text: 'Wait a moment: jobs are given out as this is read' },
        ...(count > 0 ? [first] : []),
        ...look,
      ],
    };
  }
  const busy = `${who} ${taking.length === 1 ? 'is' : 'are'} busy`;
  return {
    headline: `waits its turn: ${busy}, and ${ahead}`,
    steps: [
      ...look,
      ...(count > 0 ? [first] : []),
      addStep(job.pool, `Start another worker in pool ${job.pool}`),
    ],
  };
}

export function queueFacts({ pool, before, job }: JobFacts): ExplanationFact[] {
  const count = before?.count ?? 0;
  if (count === 0) return [];
  const rate = pool?.perMinute ?? 0;
  const soon =
    rate > 0
      ? `; at the present ${rate} jobs a minute its turn comes in about ${formatDuration(((count + 1) / rate) * 60)}`
      : '';
  return [
    {
      text: `${quantity(count, 'job')} of pool ${job.pool} that the same workers may take ${count === 1 ? 'goes' : 'go'} before it${soon}`,
      source: 'queue',
    },
  ];
}
