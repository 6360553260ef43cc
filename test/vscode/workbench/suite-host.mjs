/**
 * Runs in the extension host in place of a suite, and runs the suite. A window sends the log of the whole workbench and
 * the console of its extension host down one channel; the mark tells the second from the first. `suite-runner.ts` sets the variables read here.
 */
import { format } from 'node:util';
import { createRequire } from 'node:module';

export async function run() {
  const { console: own, process } = globalThis;
  const mark = process.env.NIGHTCREW_SUITE_MARK;
  // VS Code guards the methods of its console against assignment, so the whole console is replaced.
  const marked = ['debug', 'log', 'info', 'warn', 'error'].map((level) => [
    level,
    { value: (...values) => own[level](mark + format(...values)) },
  ]);
  globalThis.console = Object.create(own, Object.fromEntries(marked));
  try {
    // `require` loads ES modules too, and takes the path as it is.
    await createRequire(import.meta.url)(process.env.NIGHTCREW_SUITE).run();
  } catch (error) {
    globalThis.console.error(error?.stack ?? error);
    throw error;
  }
}
