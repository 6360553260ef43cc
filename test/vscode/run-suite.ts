/**
 * Runs the suite of the extension host in the served workbench, and exits with its code:
 *
 *     node test/vscode/run-suite.ts [suite.cjs] [--folder path] [--extension path] [--restricted] [--timeout seconds]
 *
 * VS Code refuses modal dialogs in such a window, so what asks the user belongs into tests with the driver.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaults, suiteOptions } from './arguments.ts';
import { installWorkbench } from './workbench/install.ts';
import { runSuite } from './workbench/suite-runner.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...suiteOptions,
    // Restricted Mode is what a new folder has; most suites want to get on with it.
    restricted: { type: 'boolean', default: false },
    timeout: { type: 'string', default: '300' },
  },
});

await installWorkbench((line) => console.log(line));
process.exitCode = await runSuite({
  suite: resolve(positionals[0] ?? defaults.suite),
  folder: resolve(values.folder),
  extensionDevelopmentPath: resolve(values.extension),
  workspaceTrust: values.restricted,
  timeoutMs: Number(values.timeout) * 1000,
  label: 'suite',
  onLine: (level, line) => console[level](line),
}).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});
