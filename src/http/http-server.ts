/** One request from its head to its answer: who asks, which route, what it brings, what is answered. */
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { unauthorized, type Access } from './access.ts';
import { asHttpError, HttpError } from './http-error.ts';
import { dropRest, readBody } from './request-body.ts';
import type { Answer, Asked, Face, Route } from './route.ts';
import { Routing } from './routing.ts';
import { Validation } from './validation.ts';

/** On everything: what is told here is nothing for a cache, a frame or another site. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
};

export class HttpServer {
  readonly #face: Face;
  readonly #access: Access;
  readonly #routing: Routing;
  readonly #validation: Validation;
  readonly #public: ReadonlySet<string>;
  readonly #log: (message: string) => void;

  constructor(parts: {
    face: Face;
    access: Access;
    routes: readonly Route[];
    log: (message: string) => void;
  }) {
    const { face, access, routes, log } = parts;
    this.#face = face;
    this.#access = access;
    this.#log = log;
    this.#routing = new Routing(routes);
    this.#validation = new Validation(routes);
    this.#public = new Set(routes.filter((route) => route.public).map(({ path }) => path));
  }

  /** Answers one request. `expectsContinue`: its sender waits for a word before it sends the body. */
  async serve(request: IncomingMessage, response: ServerResponse, expectsContinue = false): Promise<void> {
    let name = 'other';
    try {
      const { route, asked } = await this.#read(request, (found) => {
        name = found;
        if (expectsContinue) response.writeContinue();
      });
      const answer = await route.handle(asked, this.#face);
      if ('events' in answer) await this.#stream(response, answer.events.from);
      else write(response, answer, route);
    } catch (error) {
      // Who has gone needs no answer.
      if (response.destroyed || response.headersSent) response.destroy();
      else this.#refuse(error, request, response);
    }
    this.#face.counts.add(name, response.statusCode);
    dropRest(request);
  }

  async #read(
    request: IncomingMessage,
    onFound: (name: string) => void,
  ): Promise<{ route: Route; asked: Asked<never, never, never> }> {
    this.#access.requireLocal(request);
    const [path, query = ''] = splitOnce(request.url ?? '/', '?');
    const trusted = this.#access.isTrusted(request);
    if (!trusted && !this.#public.has(path)) throw unauthorized();
    const { route, parameters } = this.#routing.find(request.method ?? '', path);
    const asked = {
      path: this.#validation.path(route, parameters),
      query: this.#validation.query(route, new URLSearchParams(query)),
      body: undefined as unknown,
      trusted,
      lastEventId: firstOf(request.headers['last-event-id']),
    };
    if (route.method === 'GET') onFound(route.name);
    else {
      const body = await readBody(request, route, () => onFound(route.name));
      asked.body = this.#validation.body(route, body);
    }
    return { route, asked: asked as Asked<never, never, never> };
  }

  async #stream(response: ServerResponse, from: string | undefined): Promise<void> {
    const { crew, events } = this.#face;
    const state = await crew.state();
    events.requireRoom();
    // A silent stream is no dead one; whoever does not read is found by what waits for it.
    response.socket?.setTimeout(0);
    response.socket?.setNoDelay(true);
    response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/event-stream; charset=utf-8' });
    events.add(response, state, from);
  }

  #refuse(error: unknown, request: IncomingMessage, response: ServerResponse): void {
    const refusal = asHttpError(error);
    if (refusal.code === 'internal') {
      const { stack = String(error) } = error as Error;
      this.#log(`${request.method} ${(request.url ?? '').split('?')[0]!.slice(0, 200)} failed: ${stack}`);
    }
    const bytes = Buffer.from(JSON.stringify(refusal.body));
    response.writeHead(refusal.status, {
      ...HEADERS,
      ...refusal.details.headers,
      'Content-Type': 'application/json',
      'Content-Length': bytes.length,
    });
    response.end(bytes);
  }
}

/** Something came that is no HTTP request, or came too slowly. */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const refusals: Record<string, HttpError> = {
    HPE_HEADER_OVERFLOW: new HttpError('headersTooLarge', 'The headers are too large.', {
      place: 'headers',
      nextStep: 'Send fewer or shorter ones.',
    }),
    ERR_HTTP_REQUEST_TIMEOUT: new HttpError('timeout', 'The request took too long to come.', {
      place: 'request',
      nextStep: 'Send it again, at once and whole.',
    }),
  };
  const refusal =
    refusals[error.code ?? ''] ??
    new HttpError('badRequest', 'This is no HTTP/1.1 request that can be read.', {
      place: 'request',
      nextStep: 'Ask with an HTTP client, such as the curl line that `nightcrew serve` prints.',
    });
  const body = JSON.stringify(refusal.body);
  socket.end(
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

function write(
  response: ServerResponse,
  answer: Exclude<Answer, { events: object }>,
  { answer: { type } }: Route,
): void {
  const bytes = Buffer.from('json' in answer ? JSON.stringify(answer.json) : answer.text);
  response.writeHead(answer.status ?? 200, {
    ...HEADERS,
    'Content-Type': CONTENT_TYPES[type],
    'Content-Length': bytes.length,
  });
  response.end(bytes);
}

const CONTENT_TYPES: Record<Route['answer']['type'], string> = {
  'application/json': 'application/json',
  'text/html': 'text/html; charset=utf-8',
  // Prometheus chooses its reader by it.
  'text/plain': 'text/plain; version=0.0.4; charset=utf-8',
  'text/event-stream': 'text/event-stream; charset=utf-8',
};

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}
