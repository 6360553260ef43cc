/**
 * The crew's figures for Prometheus, in base units. Labels are pools, workers and closed sets of words: nothing of a job or a
 * batch, of which there is no end. Beyond a limit, pools and workers are left out, and it is said how many.
 */
import type { CrewState, PoolView, WorkerView } from '../control/crew-state.ts';
import { isLive } from '../core/worker-state.ts';
import { MetricsText, type Sample } from './metrics-text.ts';
import { JOB_STATES, TROUBLES, WORKER_STATES } from './schemas/names.ts';

const MOST_POOLS = 100;
const MOST_WORKERS = 500;

interface Figures {
  /** Undefined while no supervisor is connected. */
  crew: CrewState | undefined;
  requests: readonly { route: string; status: number; count: number }[];
  readers: number;
}

export function metrics({ crew, requests, readers }: Figures): string {
  const text = new MetricsText();
  text.add('gauge', 'up', 'Whether the supervisor is connected.', [{ value: crew ? 1 : 0 }]);
  if (crew) addCrew(text, crew);
  text.add(
    'counter',
    'http_requests_total',
    'Requests answered by this address.',
    requests.map(({ route, status, count }) => ({ labels: { route, code: String(status) }, value: count })),
  );
  text.add('gauge', 'http_event_readers', 'Clients that follow the events.', [{ value: readers }]);
  return text.toString();
}

function addCrew(text: MetricsText, crew: CrewState): void {
  const { server, machine, troubles } = crew;
  const pools = crew.pools.slice(0, MOST_POOLS);
  const shown = new Set(pools.map(({ name }) => name));
  const workers = crew.workers.filter(({ pool }) => shown.has(pool));
  text.add('gauge', 'info', 'The version of the supervisor.', [
    { labels: { version: server.version }, value: 1 },
  ]);
  text.add('gauge', 'supervisor_start_time_seconds', 'When the supervisor started, in Unix time.', [
    { value: server.startedAt / 1000 },
  ]);
  text.add(
    'gauge',
    'trouble',
    'Whether something keeps Nightcrew from doing all of its work.',
    TROUBLES.map((kind) => ({
      labels: { kind },
      value: troubles.some((trouble) => trouble.kind === kind) ? 1 : 0,
    })),
  );
  addMachine(text, machine);
  addPools(text, pools, workers);
  addWorkers(text, workers.slice(0, MOST_WORKERS));
  text.add('gauge', 'omitted_series', 'Pools and workers that are too many to be shown here.', [
    { labels: { kind: 'pool' }, value: crew.pools.length - pools.length },
    { labels: { kind: 'worker' }, value: crew.workers.length - Math.min(workers.length, MOST_WORKERS) },
  ]);
}

function addMachine(text: MetricsText, machine: CrewState['machine']): void {
  text.add('gauge', 'machine_memory_size_bytes', 'Memory that the crew may use at most.', [
    { value: machine.memoryTotal },
  ]);
  text.add('gauge', 'machine_memory_available_bytes', 'Memory that is available now.', [
    { value: machine.memoryAvailable },
  ]);
  text.add('gauge', 'machine_cores', 'Cores of the machine.', [{ value: machine.cores }]);
}

function addPools(text: MetricsText, pools: readonly PoolView[], workers: readonly WorkerView[]): void {
  const each = (sample: (pool: PoolView) => Sample[]): Sample[] => pools.flatMap(sample);
  const ofPool = Map.groupBy(workers, ({ pool }) => pool);
  const count = (pool: PoolView, which: (worker: WorkerView) => boolean): Sample[] => [
    { labels: { pool: pool.name }, value: (ofPool.get(pool.name) ?? []).filter(which).length },
  ];
  text.add(
    'gauge',
    'jobs',
    'Jobs by pool and state.',
    each(({ name, counts }) =>
      JOB_STATES.map((state) => ({ labels: { pool: name, state }, value: counts[state] })),
    ),
  );
  text.add(
    'gauge',
    'pool_remaining_seconds',
    "Until the pool's queue is empty at the rate of the last minute.",
    each(({ name, etaSeconds }) =>
      etaSeconds === undefined ? [] : [{ labels: { pool: name }, value: etaSeconds }],
    ),
  );
  text.add(
    'gauge',
    'pool_workers_wanted',
    'Workers that the crew file asks for.',
    each(({ name, wanted }) => [{ labels: { pool: name }, value: wanted }]),
  );
  text.add(
    'gauge',
    'workers',
    'Workers by pool and state.',
    each((pool) =>
      WORKER_STATES.flatMap((state) =>
        count(pool, (worker) => worker.state === state).map(({ value }) => ({
          labels: { pool: pool.name, state },
          value,
        })),
      ),
    ),
  );
  text.add(
    'gauge',
    'workers_healthy',
    'Workers that are healthy.',
    each((pool) => count(pool, ({ healthy }) => healthy)),
  );
  text.add(
    'gauge',
    'workers_stalled',
    'Workers that live and are silent for too long.',
    each((pool) => count(pool, ({ stalled, state }) => stalled && isLive(state))),
  );
  text.add(
    'gauge',
    'workers_paused',
    'Workers that claim no jobs.',
    each((pool) => count(pool, ({ paused, state }) => paused && isLive(state))),
  );
}

function addWorkers(text: MetricsText, workers: readonly WorkerView[]): void {
  const each = (value: (worker: WorkerView) => number | undefined, which = workers): Sample[] =>
    which.flatMap((worker) => {
      const figure = value(worker);
      return figure === undefined
        ? []
        : [{ labels: { pool: worker.pool, worker: worker.id }, value: figure }];
    });
  const live = workers.filter(({ state }) => isLive(state));
  text.add(
    'counter',
    'worker_jobs_done_total',
    'Jobs that the worker has done.',
    each(({ jobsDone }) => jobsDone),
  );
  text.add(
    'counter',
    'worker_jobs_failed_total',
    'Attempts that failed on the worker.',
    each(({ jobsFailed }) => jobsFailed),
  );
  text.add(
    'gauge',
    'worker_memory_bytes',
    "Memory of the worker's process tree.",
    each(({ memory }) => memory, live),
  );
  text.add(
    'gauge',
    'worker_cpu_ratio',
    "Cores that the worker's process tree uses.",
    each(({ cpu }) => (cpu === undefined ? undefined : cpu / 100), live),
  );
  text.add(
    'gauge',
    'worker_heartbeat_timestamp_seconds',
    'The last heartbeat, in Unix time.',
    each(({ heartbeatAt }) => (heartbeatAt === undefined ? undefined : heartbeatAt / 1000), live),
  );
}
