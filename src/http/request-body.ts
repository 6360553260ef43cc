/** Reads a request's body: JSON of limited size, or nothing. */
import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-error.ts';
import type { Route } from './route.ts';

/** Of a body that was refused as much is read and dropped, so that its sender gets to read why. */
const MOST_DROPPED = 64 * 1024 * 1024;

/** `proceed` is called when nothing is known against the body before it is read. */
export async function readBody(
  request: IncomingMessage,
  { body, path }: Route,
  proceed: () => void,
): Promise<unknown> {
  const limit = body?.limit ?? 0;
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(path, limit);
  proceed();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLarge(path, limit);
    chunks.push(chunk);
  }
  // A form without fields, as HTMX sends it, is none.
  if (size === 0) return undefined;
  requireJson(request);
  return parse(Buffer.concat(chunks));
}

/** Takes what is left of a body off the connection. */
export function dropRest(request: IncomingMessage): void {
  if (request.complete) return;
  let dropped = 0;
  request.on('data', (chunk: Buffer) => {
    dropped += chunk.length;
    if (dropped > MOST_DROPPED) request.destroy();
  });
  request.on('error', () => undefined);
  request.resume();
}

function requireJson({ headers }: IncomingMessage): void {
  const type = (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  const encoding = headers['content-encoding'] ?? 'identity';
  if (type === 'application/json' && encoding === 'identity') return;
  throw new HttpError('unsupportedMediaType', 'The body must be JSON, not compressed.', {
    place: type === 'application/json' ? 'header: Content-Encoding' : 'header: Content-Type',
    nextStep: 'Send `Content-Type: application/json`.',
    headers: { Accept: 'application/json' },
  });
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (error) {
    throw new HttpError('badRequest', `The body is no JSON: ${(error as Error).message.slice(0, 200)}`, {
      place: 'body',
      nextStep: 'Send one JSON value, as UTF-8.',
    });
  }
}

function tooLarge(path: string, limit: number): HttpError {
  const most = limit.toLocaleString('en');
  return new HttpError('tooLarge', `${path} takes a body of at most ${most} bytes.`, {
    place: 'body',
    nextStep: 'Send less; many jobs are better enqueued from a JSONL file, by its path.',
  });
}
