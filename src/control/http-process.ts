/**
 * The HTTP face: a process of its own and a client of the control API like every other face, so that nothing that happens to it
 * touches the supervisor. It lives as long as whoever started it holds its stdin.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ProcessIdentity } from '../core/worker.ts';
import { withoutLaunch } from '../keeper/launch-marker.ts';
import { isAlive } from '../keeper/process-identity.ts';
import { runtimeFolder } from './runtime-folder.ts';

/** Where the service keeps what belongs to it; every file is its owner's alone. */
export interface HttpPlace {
  /** Holds an `HttpRecord` while it serves. */
  recordFile: string;
  /** The token and nothing else, as Prometheus's `credentials_file` takes it. */
  tokenFile: string;
  /** The header that shows the token, as `curl -H @file` takes it. */
  headerFile: string;
}

export interface HttpRecord {
  /** `http://127.0.0.1:<port>`. */
  url: string;
  process: ProcessIdentity;
}

/** The one line it prints to whoever started it. */
export type HttpReport =
  | ({ served: true; url: string } & HttpPlace)
  /** `held`: another process serves this workspace already, there. */
  | { served: false; held?: string; message: string; place?: string; nextStep?: string };

export interface HttpOptions {
  workspace: string;
  /** As in `ConnectOptions`. */
  environment?: NodeJS.ProcessEnv;
  distribution: string;
  executable?: string;
  /** 0: any that is free. */
  port: number;
  /** Start a supervisor now if none lives; its workers are not. */
  startSupervisor?: boolean;
  newToken?: boolean;
}

export interface HttpProcess {
  report: HttpReport;
  /** Resolves when it is gone, with its exit code. */
  ended: Promise<number | null>;
  /** Asks it to end. */
  end(): void;
}

export function httpPlace(workspace: string): HttpPlace {
  const folder = join(runtimeFolder(workspace).folder, 'http');
  return {
    recordFile: join(folder, 'address.json'),
    tokenFile: join(folder, 'token'),
    headerFile: join(folder, 'authorization'),
  };
}

/** The service of the workspace that lives. */
export async function readLiveRecord({ recordFile }: HttpPlace): Promise<HttpRecord | undefined> {
  try {
    const record = JSON.parse(readFileSync(recordFile, 'utf8')) as HttpRecord;
    return (await isAlive(record.process)) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Starts it and waits for its report. `log` gets the lines of its stderr. */
export async function startHttp(options: HttpOptions, log: (line: string) => void): Promise<HttpProcess> {
  const environment = withoutLaunch(options.environment ?? process.env);
  const child = spawn(
    options.executable ?? process.execPath,
    [
      join(options.distribution, 'http.js'),
      ...['--workspace', options.workspace, '--port', String(options.port)],
      ...(options.startSupervisor ? ['--start-supervisor'] : []),
      ...(options.newToken ? ['--new-token'] : []),
    ],
    {
      cwd: options.workspace,
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      // On the desktop the extension host's executable is Electron; this makes it a plain Node.
      env: process.versions['electron'] ? { ...environment, ELECTRON_RUN_AS_NODE: '1' } : environment,
    },
  );
  createInterface({ input: child.stderr }).on('line', log);
  child.stdin.on('error', () => undefined);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const report = await firstLine(child);
  return { report, ended, end: () => child.stdin.end() };
}

function firstLine(child: ChildProcess): Promise<HttpReport> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`The HTTP service ended before it was ready (${signal ?? `exit code ${code}`}).`)),
    );
    createInterface({ input: child.stdout! }).once('line', (line) => resolve(JSON.parse(line) as HttpReport));
  });
}
