/**
 * How long a worker waits for its next job with a queue of a thousand, a hundred thousand and a million: from the end of
 * one handler to the start of the next, measured in the worker. That is result, claim, journal, keeper and pipe, so an
 * upper bound of claim-to-start.
 */
import { follow, label, percentile, withCrew } from './bench-crew.ts';

const SAMPLES = 5_000;

interface Latency {
  queued: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  /** Milliseconds from the request to the acknowledgement of the whole batch. */
  enqueue: number;
}

async function measureLatency(queued: number): Promise<Latency> {
  const crewFile = 'pools: { gap: { command: python3 gap.py, workers: 1 } }';
  return withCrew(crewFile, async (client) => {
    const started = performance.now();
    await client.request('enqueue', { pool: 'gap', source: { matrix: { n: `1..${queued}` } } });
    const enqueue = performance.now() - started;
    // The projection has taken the batch in when it can answer about it.
    await client.request('jobs', { limit: 1 });
    await client.request('up', {});
    const samples = Math.min(SAMPLES, queued);
    await follow(client, ({ batches }) => (batches[0]?.counts.done ?? 0) >= samples);
    await client.request('pause', { select: { all: true }, paused: true });
    const { jobs } = await client.request('jobs', { states: ['done'], limit: samples });
    const gaps = jobs
      .flatMap(({ result }) => (typeof result === 'number' ? [result / 1000] : []))
      .sort((a, b) => a - b);
    return { queued, p50: percentile(gaps, 0.5), p99: percentile(gaps, 0.99), enqueue };
  });
}

export async function reportLatency(): Promise<void> {
  console.log(
    '\nEnd of one job to the start of the next (an upper bound of claim-to-start; aim: flat, p99 under 10 ms)',
  );
  for (const queued of [1_000, 100_000, 1_000_000]) {
    const { p50, p99, enqueue } = await measureLatency(queued);
    console.log(
      `${label(`${queued.toLocaleString('en').padStart(9)} queued`)}p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms  (enqueued in ${Math.round(enqueue)} ms)`,
    );
  }
}
