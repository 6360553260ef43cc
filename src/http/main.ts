/**
 * The process of the HTTP face: `http.js --workspace <folder> --port <number>`. Prints one line of JSON for whoever started it
 * (`HttpReport`) and nothing more on stdout; ends with its stdin.
 */
import { writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ControlError } from '../control/control-error.ts';
import { connectOrStart } from '../control/connect.ts';
import { httpPlace, readLiveRecord, type HttpRecord, type HttpReport } from '../control/http-process.ts';
import { connectAtOnce } from '../control/successor.ts';
import { systemClock } from '../core/clock.ts';
import { identifyProcess } from '../keeper/process-identity.ts';
import { Access } from './access.ts';
import { CrewConnection } from './crew-connection.ts';
import { EventStream } from './event-stream.ts';
import { HttpError } from './http-error.ts';
import { HttpServer } from './http-server.ts';
import { listenOnLoopback, type Listening } from './listen.ts';
import { RequestCounts } from './request-counts.ts';
import { routes } from './routes/routes.ts';
import { keepToken, removeRecord, writeRecord } from './service-files.ts';

process.title = 'nightcrew-http';

process.on('uncaughtException', (error) => {
  log(`Uncaught: ${error.stack ?? String(error)}`);
  process.exit(70);
});
// Its starter gets Ctrl-C of the same terminal, and ends it in good order.
process.on('SIGINT', () => undefined);

function log(line: string): void {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // Nobody reads it any more.
  }
}

function report(line: HttpReport): void {
  try {
    writeSync(1, `${JSON.stringify(line)}\n`);
  } catch {
    // Its starter is gone, and its stdin with it.
  }
}

interface Arguments {
  workspace: string;
  port: number;
  startSupervisor: boolean;
  newToken: boolean;
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      workspace: { type: 'string' },
      port: { type: 'string', default: '0' },
      'start-supervisor': { type: 'boolean', default: false },
      'new-token': { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!values.workspace || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new HttpError('badRequest', 'A workspace and a port from 0 to 65535 are needed.', {
      nextStep: 'Start it through `nightcrew serve`.',
    });
  }
  return {
    workspace: values.workspace,
    port,
    startSupervisor: values['start-supervisor'],
    newToken: values['new-token'],
  };
}

try {
  await main(readArguments());
} catch (error) {
  report({ served: false, ...wordsOf(error) });
  process.exit(1);
}

async function main({ workspace, port, startSupervisor, newToken }: Arguments): Promise<void> {
  const place = httpPlace(workspace);
  const other = await readLiveRecord(place);
  if (other) {
    report({
      served: false,
      held: other.url,
      message: `This workspace is served at ${other.url} already, by process ${other.process.pid}.`,
      nextStep: 'Use that one, or end it first: it lives with the terminal or the window that started it.',
    });
    process.exit(1);
  }
  const token = keepToken(place, newToken);
  const options = {
    workspace,
    client: 'http',
    distribution: dirname(fileURLToPath(import.meta.url)),
  };
  const events = new EventStream(systemClock, (any) => crew.watch(any));
  const crew: CrewConnection = new CrewConnection({
    reach: {
      connect: () => connectAtOnce({ ...options, replaces: 'nothing' }),
      connectOrStart: () => connectOrStart(options),
    },
    clock: systemClock,
    log,
    listener: events,
  });
  if (startSupervisor) (await connectOrStart(options)).close();
  const face = { crew, events, counts: new RequestCounts() };
  const listening = await listenOnLoopback(port, {
    request: (request, response) => void server.serve(request, response),
    expectsContinue: (request, response) => void server.serve(request, response, true),
  });
  const server = new HttpServer({ face, access: new Access(token, listening.port), routes, log });
  await crew.open();
  const record = {
    url: `http://127.0.0.1:${listening.port}`,
    process: (await identifyProcess(process.pid))!,
  };
  writeRecord(place, record);
  endWithStarter({ listening, crew, events, forget: () => removeRecord(place, record satisfies HttpRecord) });
  report({ served: true, url: record.url, ...place });
}

function endWithStarter(parts: {
  listening: Listening;
  crew: CrewConnection;
  events: EventStream;
  forget: () => void;
}): void {
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    parts.forget();
    parts.events.close();
    parts.crew.close();
    void parts.listening.close().finally(() => process.exit(0));
  };
  process.stdin.on('end', end).on('close', end).on('error', end).resume();
  process.on('SIGTERM', end);
  process.on('SIGHUP', end);
}

function wordsOf(error: unknown): { message: string; place?: string; nextStep?: string } {
  const { message } = error as Error;
  const { place, nextStep } =
    error instanceof HttpError ? error.details : error instanceof ControlError ? error : {};
  return { message, ...(place ? { place } : {}), ...(nextStep ? { nextStep } : {}) };
}
