/** Runs a suite in the extension host of a window, and hands on its console and its verdict. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WorkbenchWindow } from './page.ts';
import { WorkbenchServer, type ServerOptions } from './server.ts';

export interface SuiteOptions extends ServerOptions {
  /** A module that exports `run()`; it fails by throwing. */
  suite: string;
  folder?: string;
  timeoutMs?: number;
  /** Takes each line that is written to the console of the extension host. */
  onLine?: (level: 'log' | 'error', line: string) => void;
}

const defaultTimeoutMs = 300_000;

/** Returns the exit code that VS Code gives the run: 0 when `run()` returned, 1 when it threw. */
export async function runSuite(options: SuiteOptions): Promise<number> {
  const { onLine = () => {}, timeoutMs = defaultTimeoutMs } = options;
  const mark = `[${randomUUID()}] `;
  let heard = false;
  await using server = await WorkbenchServer.start({
    ...options,
    env: { ...options.env, NIGHTCREW_SUITE: options.suite, NIGHTCREW_SUITE_MARK: mark },
  });
  await using window = await WorkbenchWindow.open(server, {
    ...(options.folder === undefined ? {} : { folder: options.folder }),
    extensionTestsPath: join(import.meta.dirname, 'suite-host.mjs'),
    onSuiteLog(type, line) {
      if (!line.startsWith(mark)) return;
      heard = true;
      onLine(type === 'error' ? 'error' : 'log', line.slice(mark.length));
    },
  });
  const late = delay(timeoutMs, undefined, { ref: false });
  const code = await Promise.race([window.suiteExit, late]);
  const errors = window.pageErrors.join('\n');
  if (code === undefined) {
    throw new Error(
      `The suite did not end within ${timeoutMs / 1000} s (log: ${server.logFile}).\n${errors}`,
    );
  }
  // A failure before the suite's first word is one of the window, and only the page knows of it.
  if (code !== 0 && !heard) onLine('error', `The suite said nothing. Log: ${server.logFile}\n${errors}`);
  return code;
}
