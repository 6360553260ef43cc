/** The ways by which an alert leaves: a webhook and a command. None of them can hold anybody up, or shows a secret. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AlertSettings, WebhookSource } from '../core/alert.ts';
import { isWebAddress } from '../core/crew-file-care.ts';
import { withoutLaunch } from '../keeper/launch-marker.ts';

export interface AlertMessage {
  subject: string;
  text: string;
}

export interface AlertChannel {
  name: 'webhook' | 'command';
  /** Rejects with words for a person. */
  send(message: AlertMessage): Promise<void>;
}

/** Milliseconds. */
const WEBHOOK_TIMEOUT = 10_000;
const COMMAND_TIMEOUT = 30_000;
const SHOWN_STDERR = 300;

export function alertChannels(
  { webhook, command }: AlertSettings,
  workspace: string,
  timeouts = { webhook: WEBHOOK_TIMEOUT, command: COMMAND_TIMEOUT },
): AlertChannel[] {
  return [
    ...(webhook
      ? [
          {
            name: 'webhook' as const,
            send: async ({ text }: AlertMessage) => post(await urlOf(webhook), text, timeouts.webhook),
          },
        ]
      : []),
    ...(command
      ? [
          {
            name: 'command' as const,
            send: (message: AlertMessage) => run(command, message, workspace, timeouts.command),
          },
        ]
      : []),
  ];
}

async function urlOf(source: WebhookSource): Promise<string> {
  if ('url' in source) return source.url;
  if ('env' in source) {
    const url = process.env[source.env]?.trim();
    if (url && isWebAddress(url)) return url;
    const problem = url ? 'holds no URL' : 'is not set where the supervisor was started';
    throw new Error(`${source.env} ${problem}; end the crew and start it where it is set, or use a file`);
  }
  const file = source.file.startsWith('~/') ? join(homedir(), source.file.slice(2)) : source.file;
  const url = await readFile(file, 'utf8').then(
    (text) => text.trim(),
    (error: NodeJS.ErrnoException) => {
      throw new Error(`${file} cannot be read (${error.code})`);
    },
  );
  if (!isWebAddress(url)) throw new Error(`${file} holds no URL`);
  return url;
}

/** What goes wrong is told without the URL: whoever has it can write into the channel. */
async function post(url: string, text: string, timeout: number): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    });
  } catch (error) {
    if ((error as Error).name === 'TimeoutError')
      throw new Error(`no answer within ${timeout / 1000} s`, { cause: error });
    const { code } = ((error as Error).cause ?? {}) as { code?: string };
    throw new Error(`it cannot be reached${code ? ` (${code})` : ''}`, { cause: error });
  }
  await response.body?.cancel();
  if (!response.ok) throw new Error(`it answered ${response.status}`);
}

function run(
  [program = '', ...words]: string[],
  { subject, text }: AlertMessage,
  workspace: string,
  timeout: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      cwd: workspace,
      // A group of its own, so that all of it can be ended.
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { ...withoutLaunch(process.env), NIGHTCREW_ALERT_SUBJECT: subject },
    });
    let stderr = '';
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      endGroup(child.pid);
    }, timeout);
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      stderr = (stderr + piece).slice(-SHOWN_STDERR);
    });
    // One that does not read its stdin tells by its exit code whether it minds.
    child.stdin.on('error', () => undefined);
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(new Error(`${program} cannot be started (${error.code ?? error.message})`));
    });
    // Not `close`: a grandchild may hold its stderr open.
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      child.stderr.destroy();
      if (isLate) reject(new Error(`${program} did not end within ${timeout / 1000} s`));
      else if (code === 0) resolve();
      else {
        const said = withoutAddresses(stderr.trim());
        reject(new Error(`${program} ended with ${signal ?? `exit code ${code}`}${said && `: ${said}`}`));
      }
    });
    child.stdin.end(`${text}\n`);
  });
}

/** A script that tells what it does tells the address of a webhook, which is a secret. */
function withoutAddresses(text: string): string {
  return text.replace(/\bhttps?:\/\/\S+/gi, '<address>');
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It ended in this moment.
  }
}
