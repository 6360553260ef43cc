/** Listens on loopback, as IPv4 and IPv6, under one port, with limits on what a connection may take of us. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { HttpError } from './http-error.ts';
import { refuseUnreadable } from './http-server.ts';

/** Bytes of all headers together. */
const LARGEST_HEADERS = 16 * 1024;
/** Milliseconds. */
const HEADERS_PATIENCE = 10_000;
const REQUEST_PATIENCE = 30_000;
const IDLE_PATIENCE = 60_000;
const MOST_CONNECTIONS = 128;
/** Under any port, IPv6 may have it taken by somebody else. */
const MOST_TRIES = 20;

export interface Listening {
  port: number;
  /** Empty where the machine has no IPv6. */
  servers: Server[];
  close(): Promise<void>;
}

export interface Listeners {
  request: RequestListener;
  expectsContinue: RequestListener;
}

/** `port` 0: any that is free. Throws HttpError when it is taken. */
export async function listenOnLoopback(port: number, listeners: Listeners): Promise<Listening> {
  for (let tries = 1; ; tries++) {
    const first = await listen(port, '127.0.0.1', listeners);
    const { port: found } = first.address() as { port: number };
    try {
      const second = await listen(found, '::1', listeners);
      return listening(found, [first, second]);
    } catch (error) {
      if (isMissing(error)) return listening(found, [first]);
      first.close();
      // With `localhost` a client might reach whoever has the other one, and show it the token.
      if (port !== 0 || tries === MOST_TRIES) throw error;
    }
  }
}

function listening(port: number, servers: Server[]): Listening {
  return {
    port,
    servers,
    close: async () => {
      const closed = servers.map((server) => once(server, 'close'));
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
      await Promise.all(closed);
    },
  };
}

async function listen(port: number, host: string, listeners: Listeners): Promise<Server> {
  const server = createServer({
    maxHeaderSize: LARGEST_HEADERS,
    headersTimeout: HEADERS_PATIENCE,
    requestTimeout: REQUEST_PATIENCE,
    keepAliveTimeout: HEADERS_PATIENCE,
    connectionsCheckingInterval: 1_000,
    // Refused by our own check, in our own words.
    requireHostHeader: false,
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.timeout = IDLE_PATIENCE;
  server.on('request', listeners.request);
  server.on('checkContinue', listeners.expectsContinue);
  server.on('clientError', refuseUnreadable);
  const ready = once(server, 'listening');
  server.listen({ port, host, exclusive: true, ipv6Only: host === '::1' });
  try {
    await ready;
  } catch (error) {
    throw isMissing(error) ? error : cannotListen(port, host, error as NodeJS.ErrnoException);
  }
  return server;
}

/** The machine has no such address. */
function isMissing(error: unknown): boolean {
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function cannotListen(port: number, host: string, { code, message }: NodeJS.ErrnoException): HttpError {
  const place = `${host} port ${port}`;
  if (code === 'EADDRINUSE') {
    return new HttpError('conflict', `Port ${port} is taken by another program.`, {
      place,
      nextStep: 'Choose another one, or 0 for any that is free.',
    });
  }
  if (code === 'EACCES') {
    return new HttpError('conflict', `Port ${port} may not be used by you.`, {
      place,
      nextStep: 'Choose one above 1023, or 0 for any that is free.',
    });
  }
  return new HttpError('internal', message, { place, nextStep: 'Choose another port.' });
}
