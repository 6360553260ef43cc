/**
 * Sets up a real VS Code to test in: the server and web workbench inside the npm package `code-server`. It needs the
 * npm registry and a C++ compiler, no desktop and no download from anywhere else.
 *
 * Run as a program (`node test/vscode/workbench/install.ts`) it installs and prints what it does. Doing it twice costs
 * nothing; an install that was interrupted has no stamp and is done again from the start.
 */
import { execFile } from 'node:child_process';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from './locations.ts';
import { machineNpm, pinnedNpm, runNpm } from './npm.ts';
import { nodePackage, versions } from './versions.ts';

/** What starting a server needs to know of an installed workbench. */
export interface InstalledWorkbench {
  /** The Node binary that the native modules were built for. */
  node: string;
  /** `server-main.js` of VS Code. */
  serverMain: string;
}

type Report = (line: string) => void;

const folder = join(cacheFolder, 'workbench');
const stampFile = join(folder, 'installed.json');
const modules = join(folder, 'node_modules');
const nodeHome = join(modules, nodePackage());
const node = join(nodeHome, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const vscode = join(modules, 'code-server', 'lib', 'vscode');

const installed: InstalledWorkbench = { node, serverMain: join(vscode, 'out', 'server-main.js') };

/**
 * The native modules without which the server does not start. Others either come prebuilt (node-pty, the file
 * watcher) or are not missed (kerberos, which needs system headers; sqlite3, which takes a minute to compile).
 */
const nativeModules = ['@vscode/spdlog', '@vscode/native-watchdog'];

/** Names all that an install depends on, so a change of any makes a new one. */
const stamp = JSON.stringify({ ...versions, nodePackage: nodePackage(), nativeModules });

/** Returns the installed workbench, installing it first where it is missing or of other versions. */
export async function installWorkbench(report: Report = () => {}): Promise<InstalledWorkbench> {
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return installed;
  if (process.platform !== 'linux') {
    report(`Note: the served workbench was tested on Linux only, not on ${process.platform}.`);
  }
  await requireCompiler();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  await mkdir(folder, { recursive: true });
  // Without a package.json of its own npm would install into the nearest folder above that has one: ours.
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true }));

  report(
    `Installing code-server ${versions.codeServer} and Node ${versions.node} (about 200 MB to download) …`,
  );
  const bootstrap = machineNpm();
  // code-server's own post-install refuses other Nodes and builds what is not needed, so scripts are off everywhere.
  await runNpm(bootstrap, folder, [
    'install',
    '--ignore-scripts',
    '--no-package-lock',
    `${nodePackage()}@${versions.node}`,
    `npm@${versions.npm}`,
    `code-server@${versions.codeServer}`,
  ]);
  // Where npm looks for its global settings follows from the Node that runs it; a mirror may be named there.
  const globalConfig = (await runNpm(bootstrap, folder, ['config', 'get', 'globalconfig'])).trim();
  const npm = pinnedNpm(node, join(modules, 'npm', 'bin', 'npm-cli.js'), nodeHome, globalConfig);

  report('Installing the dependencies of VS Code …');
  const production = ['install', '--omit=dev', '--include=optional', '--ignore-scripts'];
  await runNpm(npm, vscode, production);
  await runNpm(npm, join(vscode, 'extensions'), production);

  report(`Building ${nativeModules.join(' and ')} …`);
  await runNpm(npm, vscode, ['rebuild', '--ignore-scripts=false', ...nativeModules]);
  // A rebuild that skipped the scripts succeeds too. Loading the modules is the only proof, and no stamp without it.
  const load = `for (const name of ${JSON.stringify(nativeModules)}) require(name)`;
  await promisify(execFile)(node, ['-e', load], { cwd: vscode });

  await writeFile(stampFile, stamp);
  report('The workbench is installed.');
  return installed;
}

/** Native modules are compiled here; said before a long download rather than after it. */
async function requireCompiler(): Promise<void> {
  if (process.platform !== 'linux') return;
  const directories = (process.env['PATH'] ?? '').split(':');
  const missing: string[] = [];
  for (const tool of ['g++', 'make', 'python3']) {
    const found = await Promise.any(directories.map((directory) => access(join(directory, tool)))).then(
      () => true,
      () => false,
    );
    if (!found) missing.push(tool);
  }
  if (missing.length === 0) return;
  throw new Error(
    `Building VS Code's native modules needs ${missing.join(', ')}. On Debian: apt-get install build-essential python3`,
  );
}

if (import.meta.main) {
  const started = Date.now();
  await installWorkbench((line) => console.log(line));
  console.log(`Ready in ${Math.round((Date.now() - started) / 1000)} s.`);
}
