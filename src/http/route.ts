/** What a route is: one entry says its method, path, what it takes, what it answers and what does it. */
import type { CrewConnection } from './crew-connection.ts';
import type { EventStream } from './event-stream.ts';
import type { RequestCounts } from './request-counts.ts';
import { describes, type Described, type Schema } from './schemas/schema.ts';

/** What routes work with. */
export interface Face {
  readonly crew: CrewConnection;
  readonly events: EventStream;
  readonly counts: RequestCounts;
}

export interface Asked<Path, Query, Body> {
  path: Path;
  query: Query;
  /** Undefined when the request had none and needs none. */
  body: Body;
  /** Whether the token was shown; only a public route is asked without. */
  trusted: boolean;
  /** Of the newest event the client has seen, if it says so. */
  lastEventId: string | undefined;
}

/** `events`: the connection becomes a stream of them. */
export type Answer =
  | { status?: number; json: unknown }
  | { status?: number; text: string }
  | { events: { from: string | undefined } };

export interface Route {
  method: 'GET' | 'POST';
  /** With `{name}` for a part that is the value of a path parameter. */
  path: string;
  /** Its name in the OpenAPI document and in metrics. */
  name: string;
  group: 'Workers' | 'Jobs' | 'Crew' | 'Service';
  summary: string;
  description?: string;
  /** Answered without a token. */
  public?: boolean;
  parameters?: Schema;
  query?: Schema;
  body?: { schema: Schema; required: boolean; limit: number };
  answer: { type: 'application/json' | 'text/html' | 'text/plain' | 'text/event-stream'; schema: Schema };
  /** Statuses beside 200 that the answer has, too. */
  alsoStatus?: readonly number[];
  handle(asked: Asked<never, never, never>, face: Face): Promise<Answer>;
}

interface RouteOf<Path, Query, Body> extends Omit<Route, 'parameters' | 'query' | 'body' | 'handle'> {
  parameters?: Described<Path>;
  query?: Described<Query>;
  body?: { schema: Described<Body>; required: boolean; limit?: number };
  handle(asked: Asked<Path, Query, Body>, face: Face): Promise<Answer>;
}

/** Bytes of a body, where a route does not say otherwise. */
const BODY_LIMIT = 64 * 1024;

/** Some clients send `{}` with every POST. */
const NOTHING = describes<Record<never, never>>({}, { closed: true });

/** A route whose handler is typed by its schemas. */
export function route<Path = unknown, Query = unknown, Body = unknown>(
  given: RouteOf<Path, Query, Body>,
): Route {
  const { body, handle, ...rest } = given;
  const nothing = given.method === 'POST' ? { schema: NOTHING, required: false, limit: 1024 } : undefined;
  const taken = body ? { limit: BODY_LIMIT, ...body } : nothing;
  return {
    ...rest,
    ...(taken ? { body: taken } : {}),
    handle: handle as Route['handle'],
  };
}
