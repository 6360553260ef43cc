/**
 * Runs the same suite in desktop VS Code, downloaded by @vscode/test-electron where that is reachable:
 *
 *     node test/vscode/run-electron.ts [suite.cjs] [--folder path] [--extension path] [--vscode version]
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { downloadAndUnzipVSCode, runTests, TestRunFailedError } from '@vscode/test-electron';
import { defaults, suiteOptions } from './arguments.ts';
import { cacheFolder } from './workbench/locations.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { ...suiteOptions, vscode: { type: 'string', default: 'stable' } },
});

try {
  const vscodeExecutablePath = await downloadVSCode(values.vscode);
  process.exitCode = await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: resolve(values.extension),
    extensionTestsPath: resolve(positionals[0] ?? defaults.suite),
    launchArgs: [resolve(values.folder), '--disable-extensions'],
  });
} catch (error) {
  if (error instanceof TestRunFailedError) console.error(`The suite failed: ${error.message}`);
  else console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function downloadVSCode(version: string): Promise<string> {
  try {
    return await downloadAndUnzipVSCode({ version, cachePath: join(cacheFolder, 'desktop') });
  } catch (error) {
    throw new Error(
      `Desktop VS Code (${version}) could not be downloaded: ${String(error)}\n` +
        'Nothing was tested. Where its download is out of reach, `node test/vscode/run-suite.ts` runs the same suite ' +
        'in the VS Code that the npm registry has.',
      { cause: error },
    );
  }
}
