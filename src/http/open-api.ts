/** The OpenAPI 3.1 document, from the same routes and schemas by which requests are validated. */
import { VERSION } from '../control/version.ts';
import { errorBody } from './http-error.ts';
import type { Route } from './route.ts';
import { crewState, notice, stateDelta } from './schemas/crew.ts';
import { components, type Schema } from './schemas/schema.ts';

const GROUPS: Record<Route['group'], string> = {
  Workers: 'The workers, in the paths and words of the simulation model.',
  Jobs: 'The queue.',
  Crew: 'The state of the whole crew.',
  Service: 'This service.',
};

const ERRORS: Record<number, string> = {
  400: 'The request is not what this path takes.',
  401: 'The token is missing or wrong.',
  404: 'There is no such worker, pool, job or file.',
  409: 'It could be done to none.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  503: 'No supervisor is running, or it has too much to do.',
};

export function openApiDocument(routes: readonly Route[]): object {
  const paths = Map.groupBy(routes, ({ path }) => path);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Nightcrew',
      version: VERSION,
      description:
        'A crew of supervised worker processes. On loopback only, off by default; times are milliseconds since 1970, ' +
        'memory is bytes, durations are seconds. Members may be added to what is answered; pass over those you do not know.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      {
        url: 'http://127.0.0.1:{port}',
        variables: { port: { default: '0', description: 'As `nightcrew serve` prints it.' } },
      },
    ],
    security: [{ token: [] }],
    tags: Object.entries(GROUPS).map(([name, description]) => ({ name, description })),
    paths: Object.fromEntries(
      [...paths].map(([path, group]) => [
        path,
        Object.fromEntries(group.map((route) => [route.method.toLowerCase(), operation(route)])),
      ]),
    ),
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: '`nightcrew serve` says in which file it is.' },
      },
      schemas: components(),
    },
    // What the data of an event is; OpenAPI 3.1 has no word for it.
    'x-events': { state: crewState, delta: stateDelta, notice, lost: { type: 'object' } },
  };
}

function operation(route: Route): object {
  const { name, group, summary, description, body } = route;
  const parameters = [...parametersIn('path', route.parameters), ...parametersIn('query', route.query)];
  return {
    operationId: name,
    tags: [group],
    summary,
    ...(description ? { description } : {}),
    ...(route.public ? { security: [{}, { token: [] }] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body
      ? {
          requestBody: {
            required: body.required,
            description: `At most ${body.limit.toLocaleString('en')} bytes.`,
            content: { 'application/json': { schema: body.schema } },
          },
        }
      : {}),
    responses: responses(route),
  };
}

function parametersIn(where: 'path' | 'query', schema: Schema | undefined): object[] {
  const properties = (schema?.['properties'] ?? {}) as Record<string, Schema>;
  const required = (schema?.['required'] ?? []) as string[];
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: where,
    required: required.includes(name),
    ...(description ? { description } : {}),
    schema: property,
  }));
}

function responses(route: Route): object {
  const { answer, alsoStatus = [] } = route;
  const good = { description: route.summary, content: { [answer.type]: { schema: answer.schema } } };
  const refusals = errorsOf(route).filter((status) => !alsoStatus.includes(status));
  return {
    ...Object.fromEntries([200, ...alsoStatus].map((status) => [String(status), good])),
    ...Object.fromEntries(refusals.map((status) => [String(status), refused(ERRORS[status]!)])),
    default: refused('Refused; `error.code` says why.'),
  };
}

function errorsOf(route: Route): number[] {
  return [
    400,
    ...(route.public ? [] : [401, 503]),
    ...(route.parameters || route.query || route.body ? [404] : []),
    ...(route.method === 'POST' ? [409] : []),
    ...(route.body ? [413, 415] : []),
  ].sort((a, b) => a - b);
}

function refused(description: string): object {
  return { description, content: { 'application/json': { schema: errorBody } } };
}
