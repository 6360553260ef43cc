import { openApiDocument } from '../open-api.ts';
import { JSON_TYPE } from '../schemas/members.ts';
import { route, type Route } from '../route.ts';

/** Describes the others and itself. */
export function openApiRoute(others: readonly Route[]): Route {
  const itself: Route = route({
    method: 'GET',
    path: '/openapi.json',
    name: 'openApi',
    group: 'Service',
    summary: 'This description, OpenAPI 3.1',
    answer: { type: JSON_TYPE, schema: { type: 'object' } },
    handle: async () => ({ json: openApiDocument([...others, itself]) }),
  });
  return itself;
}
