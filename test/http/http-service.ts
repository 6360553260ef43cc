/** The built HTTP face in its real process, and a client that sends what it is told to, sound or not. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request as send, type IncomingHttpHeaders } from 'node:http';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import {
  startHttp,
  type HttpOptions,
  type HttpProcess,
  type HttpReport,
} from '../../src/control/http-process.ts';
import { distribution, type TemporaryCrew } from '../supervisor/temporary-crew.ts';

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Sending {
  method?: string;
  headers?: Record<string, string>;
  /** Sent as JSON, unless it is a text. */
  body?: unknown;
  /** Shown unless it is false. */
  token?: string | false;
}

export class HttpService {
  readonly url: string;
  readonly token: string;
  readonly report: HttpReport & { served: true };
  readonly #process: HttpProcess;
  readonly #log: string[];

  private constructor(started: HttpProcess, report: HttpReport & { served: true }, log: string[]) {
    this.#process = started;
    this.#log = log;
    this.report = report;
    this.url = report.url;
    this.token = readFileSync(report.tokenFile, 'utf8');
  }

  static async start(crew: TemporaryCrew, options: Partial<HttpOptions> = {}): Promise<HttpService> {
    const log: string[] = [];
    const { workspace, environment } = crew;
    const started = await startHttp({ workspace, environment, distribution, port: 0, ...options }, (line) =>
      log.push(line),
    );
    assert.ok(started.report.served, JSON.stringify(started.report));
    return new HttpService(started, started.report, log);
  }

  async ask(path: string, { method = 'GET', headers = {}, body, token }: Sending = {}): Promise<Reply> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const request = send(`${this.url}${path}`, {
        method,
        headers: {
          ...(token === false ? {} : { Authorization: `Bearer ${token ?? this.token}` }),
          ...(text === undefined
            ? {}
            : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) }),
          ...headers,
        },
      });
      request.once('error', reject);
      request.once('response', (response) => {
        let received = '';
        response.setEncoding('utf8').on('data', (part: string) => (received += part));
        response.once('error', reject);
        response.once('end', () => {
          resolve({ status: response.statusCode!, headers: response.headers, text: received });
        });
      });
      request.end(text);
    });
  }

  /** A POST whose answer is JSON. */
  async post(path: string, body?: unknown): Promise<{ status: number; json: never }> {
    const { status, text } = await this.ask(path, { method: 'POST', body });
    return { status, json: JSON.parse(text) as never };
  }

  async get(path: string): Promise<{ status: number; json: never }> {
    const { status, text } = await this.ask(path);
    return { status, json: JSON.parse(text) as never };
  }

  /** Fails when it had something to say: it speaks of defects only. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.end();
    assert.equal(await this.#process.ended, 0);
    assert.deepEqual(
      this.#log.filter((line) => line.includes('failed') || line.includes('Uncaught')),
      [],
    );
  }
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: object;
}
interface Operation {
  operationId: string;
  requestBody?: { required: boolean };
  responses: Record<string, { content: Record<string, { schema: object }> }>;
}

const document = JSON.parse(
  readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'),
) as Document;
const ajv = new Ajv2020({ strict: false, validateFormats: false });
const validators = new Map<string, ValidateFunction>();

/** Every operation of the published document. */
export const published = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    path,
    method: method.toUpperCase(),
    name: operation.operationId,
    takesBody: operation.requestBody !== undefined,
  })),
);

/** Fails unless the reply is what the published document says of this operation and status. */
export function assertConforms(name: string, { status, headers, text }: Reply): void {
  const operation = Object.values(document.paths)
    .flatMap((methods) => Object.values(methods))
    .find(({ operationId }) => operationId === name)!;
  const content = (operation.responses[String(status)] ?? operation.responses['default'])!.content;
  const type = headers['content-type']!.split(';')[0]!;
  assert.ok(content[type], `${name} ${status} is ${type}`);
  if (type !== 'application/json') return;
  const key = `${name} ${status}`;
  const validate =
    validators.get(key) ?? ajv.compile({ ...content[type].schema, components: document.components });
  validators.set(key, validate);
  assert.ok(
    validate(JSON.parse(text)),
    `${key}: ${ajv.errorsText(validate.errors)} in ${text.slice(0, 500)}`,
  );
}
