/** The routes on the crew as a whole and on this service itself. */
import type { CrewState, PoolView, Trouble } from '../../control/crew-state.ts';
import type { AlertOutcome } from '../../control/care.ts';
import { metrics } from '../metrics.ts';
import { route, type Face, type Route } from '../route.ts';
import { roomAnswer } from '../schemas/forecast.ts';
import { JSON_TYPE } from '../schemas/members.ts';
import { crewState, pool, trouble } from '../schemas/crew.ts';
import { component, describes, flag, listOf, oneOf, optional, text, whole } from '../schemas/schema.ts';

interface Health {
  status: 'ok' | 'unavailable';
  version?: string;
  workers?: { healthy: number; total: number };
  troubles?: Trouble[];
}

const health = component(
  'Health',
  describes<Health>({
    status: oneOf(['ok', 'unavailable'], 'Whether the supervisor answers. All that is told without a token.'),
    version: optional(text()),
    workers: optional(describes<{ healthy: number; total: number }>({ healthy: whole(), total: whole() })),
    troubles: optional(listOf(trouble)),
  }),
);

const alertOutcome = component(
  'AlertOutcome',
  describes<AlertOutcome>({
    channel: oneOf(['notification', 'webhook', 'command']),
    ok: flag(),
    message: text('In words: what was answered, or why it could not be sent.'),
  }),
);

export const serviceRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/pools/',
    name: 'listPools',
    group: 'Crew',
    summary: 'Pools with their counts, rate and remaining time',
    answer: { type: JSON_TYPE, schema: describes<{ pools: PoolView[] }>({ pools: listOf(pool) }) },
    handle: async (_asked, { crew }) => ({ json: { pools: (await crew.state()).pools } }),
  }),
  route({
    method: 'GET',
    path: '/api/room/',
    name: 'room',
    group: 'Crew',
    summary: 'How many more workers of each pool the machine has room for, and why no more',
    answer: { type: JSON_TYPE, schema: roomAnswer },
    handle: async (_asked, { crew }) => ({ json: await crew.request('room', {}) }),
  }),
  route({
    method: 'POST',
    path: '/api/alerts/test/',
    name: 'testAlerts',
    group: 'Crew',
    summary: 'Sends a test by every way that the crew file names under `alerts:`',
    description: 'Without any, the list is empty.',
    answer: {
      type: JSON_TYPE,
      schema: describes<{ outcomes: AlertOutcome[] }>({ outcomes: listOf(alertOutcome) }),
    },
    handle: async (_asked, { crew }) => ({ json: await crew.request('alert', {}) }),
  }),
  route({
    method: 'GET',
    path: '/api/crew/',
    name: 'crewState',
    group: 'Crew',
    summary: 'The whole state of the crew',
    answer: { type: JSON_TYPE, schema: crewState },
    handle: async (_asked, { crew }) => ({ json: await crew.state() }),
  }),
  route({
    method: 'GET',
    path: '/api/events/',
    name: 'followEvents',
    group: 'Crew',
    summary: 'Server-sent events: the state, then what changes in it',
    description:
      'Events are `state` (CrewState), `delta` (StateDelta: whole entities that changed), `notice` (Notice) and `lost` ' +
      '(the supervisor is gone; a `state` follows when there is one again). With the header `Last-Event-ID` it goes on ' +
      'behind that event, or begins with a `state` when that is too long ago. A reader that does not read is cut off.',
    answer: { type: 'text/event-stream', schema: text() },
    handle: async ({ lastEventId }, { crew }) => {
      await crew.state();
      return { events: { from: lastEventId } };
    },
  }),
  route({
    method: 'GET',
    path: '/health',
    name: 'health',
    group: 'Service',
    summary: 'Whether the supervisor answers',
    description: 'Needs no token, and says no more without one.',
    public: true,
    answer: { type: JSON_TYPE, schema: health },
    alsoStatus: [503],
    handle: async ({ trusted }, face) => {
      const crew = await reachable(face, trusted);
      if (!crew) return { status: 503, json: { status: 'unavailable' } satisfies Health };
      return { json: crew === true ? ({ status: 'ok' } satisfies Health) : detailed(crew) };
    },
  }),
  route({
    method: 'GET',
    path: '/metrics',
    name: 'metrics',
    group: 'Service',
    summary: 'Figures for Prometheus',
    answer: { type: 'text/plain', schema: text('Text format, version 0.0.4.') },
    handle: async (_asked, { crew, counts, events }) => ({
      text: metrics({
        crew: crew.connected ? await crew.state().catch(() => undefined) : undefined,
        requests: counts.all,
        readers: events.readers,
      }),
    }),
  }),
];

/** Who shows no token may not make the supervisor do anything. */
async function reachable({ crew }: Face, trusted: boolean): Promise<CrewState | boolean> {
  if (!crew.connected) return false;
  return trusted ? crew.state().catch(() => false) : true;
}

function detailed({ server, machine, troubles }: CrewState): Health {
  const { healthy, workers: total } = machine;
  return { status: 'ok', version: server.version, workers: { healthy, total }, troubles };
}
