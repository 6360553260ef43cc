/**
 * Who may ask. The face listens on loopback only; but every page that a browser shows can send requests there, and a name
 * server can make its host look like ours (DNS rebinding). So the Host must be a loopback name with our port, an Origin must be
 * ours, and everything but `/health` needs the token.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-error.ts';

export class Access {
  readonly #token: Buffer;
  readonly #hosts: ReadonlySet<string>;

  constructor(token: string, port: number) {
    this.#token = digest(token);
    const names = ['127.0.0.1', '[::1]', 'localhost'];
    this.#hosts = new Set(names.flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])]));
  }

  /** Throws HttpError for what came by way of another name or another site's page. */
  requireLocal({ headers }: IncomingMessage): void {
    const host = (headers.host ?? '').toLowerCase();
    if (!this.#hosts.has(host)) {
      throw new HttpError('forbidden', 'The Host header does not name this address.', {
        place: 'header: Host',
        nextStep: 'Ask for 127.0.0.1, [::1] or localhost with the port that `nightcrew serve` prints.',
      });
    }
    const { origin } = headers;
    const ours = origin === undefined || this.#hosts.has(origin.toLowerCase().replace(/^http:\/\//, ''));
    if (!ours || headers['sec-fetch-site'] === 'cross-site') {
      throw new HttpError('forbidden', 'Pages of other origins may not ask here.', {
        place: 'header: Origin',
        nextStep: 'Ask from a program, or through a server of your own that holds the token.',
      });
    }
  }

  /** Whether the token was shown. Compared in a time that tells nothing of it. */
  isTrusted({ headers }: IncomingMessage): boolean {
    const [, shown] = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(headers.authorization ?? '') ?? [];
    return timingSafeEqual(digest(shown ?? ''), this.#token) && shown !== undefined;
  }
}

/** Of one length, whatever was shown. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

export function unauthorized(): HttpError {
  return new HttpError('unauthorized', 'The token is missing or is not the one of this address.', {
    place: 'header: Authorization',
    nextStep: 'Send `Authorization: Bearer <token>`; `nightcrew serve` says in which file the token is.',
    headers: { 'WWW-Authenticate': 'Bearer realm="nightcrew"' },
  });
}
