/** Finds the route that a method and a path mean. */
import { HttpError } from './http-error.ts';
import type { Route } from './route.ts';

export interface Found {
  route: Route;
  /** As they stand in the path, decoded. */
  parameters: Record<string, string>;
}

interface Pattern {
  expression: RegExp;
  routes: Route[];
}

export class Routing {
  readonly #patterns: Pattern[] = [];

  constructor(routes: readonly Route[]) {
    for (const [path, group] of Map.groupBy(routes, (route) => route.path)) {
      const source = path.replaceAll(/[.]/g, '\\.').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
      this.#patterns.push({ expression: new RegExp(`^${source}$`), routes: group });
    }
    // `/api/jobs/cancel/` before `/api/jobs/{job}/`.
    this.#patterns.sort((a, b) => wildcards(a) - wildcards(b));
  }

  /** Throws HttpError when there is none. */
  find(method: string, path: string): Found {
    const matching = this.#patterns.find(({ expression }) => expression.test(path));
    if (!matching) throw this.#unknownPath(path);
    const route = matching.routes.find((candidate) => candidate.method === method);
    if (!route) {
      const allowed = matching.routes.map((candidate) => candidate.method).join(', ');
      throw new HttpError('methodNotAllowed', `${path} does not take ${method}.`, {
        place: path,
        nextStep: `Use ${allowed}.`,
        headers: { Allow: allowed },
      });
    }
    const groups = matching.expression.exec(path)!.groups ?? {};
    return { route, parameters: Object.fromEntries(Object.entries(groups).map(decodePart)) };
  }

  #unknownPath(path: string): HttpError {
    const other = path.endsWith('/') ? path.slice(0, -1) : `${path}/`;
    const meant = this.#patterns.some(({ expression }) => expression.test(other));
    return new HttpError('notFound', 'There is no such path.', {
      place: path.slice(0, 200),
      nextStep: meant ? `Did you mean ${other.slice(0, 200)}?` : 'GET /openapi.json lists the paths.',
    });
  }
}

function wildcards({ routes }: Pattern): number {
  return routes[0]!.path.split('{').length;
}

function decodePart([name, value]: [string, string]): [string, string] {
  try {
    return [name, decodeURIComponent(value)];
  } catch {
    throw new HttpError('badRequest', `${value.slice(0, 100)} is not percent-encoded text.`, {
      place: `path: ${name}`,
      nextStep: 'Encode it as UTF-8.',
    });
  }
}
