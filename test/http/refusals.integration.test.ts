/** What every route does with who may not ask, and with what it does not take. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { TemporaryCrew } from '../supervisor/temporary-crew.ts';
import { assertConforms, HttpService, published } from './http-service.ts';

const CREW = 'pools:\n  simulate: { command: python3 tasks.py, workers: 1 }\n';

let crew: TemporaryCrew;
let service: HttpService;
before(async () => {
  crew = TemporaryCrew.make(CREW);
  service = await HttpService.start(crew, { startSupervisor: true });
});
after(async () => {
  await service[Symbol.asyncDispose]();
  await crew[Symbol.asyncDispose]();
});

/** Sends bytes as they are; resolves with all that comes back until the other end closes, or it is enough. */
async function raw(bytes: string, enough: (reply: string) => boolean = () => false): Promise<string> {
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  let reply = '';
  const done = new Promise<void>((resolve) => {
    socket.setEncoding('utf8').on('data', (text: string) => {
      reply += text;
      if (enough(reply)) resolve();
    });
    socket.once('close', () => resolve());
  });
  socket.write(bytes);
  await done;
  socket.destroy();
  return reply;
}

const EXAMPLES: Record<string, string> = {
  worker: 'simulate-9',
  job: '9',
  pool: 'nothing',
  action: 'pause',
  batch: 'nothing',
};
const example = (path: string): string =>
  path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => EXAMPLES[name]!);

for (const { path, method, name, takesBody } of published) {
  describe(`${method} ${path}`, () => {
    const ask = (more: Parameters<HttpService['ask']>[1] = {}): ReturnType<HttpService['ask']> =>
      service.ask(example(path), { method, ...more });
    const refuses = async (
      status: number,
      code: string,
      more: Parameters<HttpService['ask']>[1],
    ): Promise<void> => {
      const reply = await ask(more);
      assert.equal(reply.status, status, reply.text);
      assertConforms(name, reply);
      const { error } = JSON.parse(reply.text) as { error: { code: string; nextStep?: string } };
      assert.equal(error.code, code);
      assert.ok(error.nextStep, reply.text);
    };

    it('refuses whoever has not the token, another site and another name', async () => {
      if (name !== 'health') {
        await refuses(401, 'unauthorized', { token: false });
        await refuses(401, 'unauthorized', { token: 'f'.repeat(64) });
        await refuses(401, 'unauthorized', { token: `${service.token}0` });
        await refuses(401, 'unauthorized', {
          token: false,
          headers: { Authorization: `Basic ${service.token}` },
        });
      }
      await refuses(403, 'forbidden', { headers: { Host: 'rebound.example:80' } });
      await refuses(403, 'forbidden', { headers: { Host: '127.0.0.1' } });
      await refuses(403, 'forbidden', { headers: { Origin: 'https://example.org' } });
      await refuses(403, 'forbidden', { headers: { Origin: 'null' } });
    });

    it('takes no other method', async () => {
      const others = published.filter((other) => other.path === path).map((other) => other.method);
      for (const other of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'GET', 'POST']) {
        if (others.includes(other)) continue;
        const reply = await ask({ method: other });
        assert.equal(reply.status, 405, other);
        assert.equal(reply.headers.allow, others.join(', '));
      }
    });

    it('refuses a parameter that it does not know', async () => {
      const reply = await service.ask(`${example(path)}?nonsense=1`, { method });
      assert.equal(reply.status, 400, reply.text);
      assertConforms(name, reply);
    });

    if (!takesBody) return;

    it('refuses bodies that are no JSON, of a wrong type, or have unknown members', async () => {
      for (const body of ['{', 'null', '[]', '"text"', '7', '{"nonsense":1}', '{"__proto__":{}}', '\ud800'])
        await refuses(400, 'badRequest', { body });
      await refuses(415, 'unsupportedMediaType', { body: '{}', headers: { 'Content-Type': 'text/plain' } });
      await refuses(415, 'unsupportedMediaType', { body: '{}', headers: { 'Content-Encoding': 'gzip' } });
    });

    it('refuses a huge body before it was read', async () => {
      // More than it takes, and not more than that: one core has to carry it.
      const size = name === 'enqueueJobs' ? 17 * 1024 * 1024 : 128 * 1024;
      await refuses(413, 'tooLarge', { body: ' '.repeat(size) });
      const head = `${method} ${example(path)} HTTP/1.1\r\nHost: ${new URL(service.url).host}\r\nAuthorization: Bearer ${service.token}\r\n`;
      const announced = await raw(`${head}Content-Length: 1000000000000\r\n\r\n{`, (reply) =>
        reply.endsWith('}'),
      );
      assert.match(announced, /^HTTP\/1\.1 413 /);
      const waiting = await raw(
        `${head}Expect: 100-continue\r\nContent-Length: 1000000000\r\n\r\n`,
        (reply) => reply.endsWith('}'),
      );
      assert.match(waiting, /^HTTP\/1\.1 413 /);
      const chunk = `${(64 * 1024).toString(16)}\r\n${' '.repeat(64 * 1024)}\r\n`;
      const chunked = await raw(
        `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(size / (64 * 1024))}0\r\n\r\n`,
        (reply) => reply.endsWith('}'),
      );
      assert.match(chunked, /^HTTP\/1\.1 413 /);
    });
  });
}

describe('the address', () => {
  it('does not know other paths, and says which one is meant', async () => {
    for (const [path, status] of [
      ['/', 404],
      ['/api/jobs', 404],
      ['/api/jobs/1/../../../etc/passwd', 404],
      ['/api/jobs/abc/', 400],
      ['/api/jobs/1.5/', 400],
      ['/api/jobs/99999999999999999999/', 400],
      ['/api/jobs/%ff/', 400],
    ] as const) {
      const { status: got, text } = await service.ask(path);
      assert.equal(got, status, `${path}: ${text}`);
    }
    assert.match((await service.ask('/api/jobs')).text, /Did you mean \/api\/jobs\/\?/);
  });

  it('answers what is no HTTP, too large a head and a missing host, and goes on', async () => {
    assert.match(await raw('nonsense\r\n\r\n'), /^HTTP\/1\.1 400 [\s\S]*"badRequest"/);
    assert.match(await raw(`GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`), /^HTTP\/1\.1 431 /);
    assert.match(
      await raw('GET /health HTTP/1.1\r\n\r\n', (reply) => reply.endsWith('}')),
      /^HTTP\/1\.1 403 /,
    );
    assert.match(await raw('GET /health HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 403 /);
    assert.equal((await service.ask('/health', { token: false })).status, 200);
  });

  it('tells nothing but life without a token', async () => {
    const { status, text } = await service.ask('/health', { token: false });
    assert.deepEqual([status, text], [200, '{"status":"ok"}']);
  });

  it('answers under both loopback addresses and nowhere else', async () => {
    const { port } = new URL(service.url);
    const reply = await new Promise<number | undefined>((resolve) => {
      const socket = connect(Number(port), '::1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(200);
      });
      socket.once('error', () => resolve(undefined));
    });
    assert.ok(reply === 200 || !(await hasLoopbackV6()));
    const { networkInterfaces } = await import('node:os');
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address && !address.internal && address.family === 'IPv4');
    if (!outside) return;
    const socket = connect(Number(port), outside.address);
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNREFUSED');
  });
});

async function hasLoopbackV6(): Promise<boolean> {
  const { networkInterfaces } = await import('node:os');
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => address === '::1'),
  );
}
