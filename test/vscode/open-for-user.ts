/**
 * Opens a folder in VS Code with the extension loaded, for a person to try:
 *
 *     node test/vscode/open-for-user.ts [folder] [--served] [--extension path] [--port number]
 *
 * In the desktop VS Code where `code` is on PATH; else, or with `--served`, in a browser: VS Code's server is started
 * (installed first, if need be) and runs until Ctrl-C. Workers that were started there go on, as they do after any
 * window is closed.
 */
import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { defaults } from './arguments.ts';
import { installWorkbench } from './workbench/install.ts';
import { cacheFolder } from './workbench/locations.ts';
import { WorkbenchServer } from './workbench/server.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    extension: { type: 'string', default: defaults.extension },
    served: { type: 'boolean', default: false },
    port: { type: 'string' },
  },
});
const folder = resolve(positionals[0] ?? defaults.folder);
const extension = resolve(values.extension);

const code = values.served ? undefined : await findOnPath(process.platform === 'win32' ? 'code.cmd' : 'code');
if (code === undefined) await openServed();
else await openDesktop(code);

async function openDesktop(command: string): Promise<void> {
  console.log(`Opening ${folder} in desktop VS Code.`);
  const child = spawn(command, ['--new-window', `--extensionDevelopmentPath=${extension}`, folder], {
    stdio: 'inherit',
    // Only a shell starts a .cmd file.
    shell: process.platform === 'win32',
  });
  const [exitCode] = (await once(child, 'exit')) as [number | null];
  process.exitCode = exitCode ?? 1;
}

async function openServed(): Promise<void> {
  await installWorkbench((line) => console.log(line));
  const stop = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
  await using server = await WorkbenchServer.start({
    installedExtension: extension,
    // Kept, so that trust, layout and settings are there again the next time.
    dataFolder: join(cacheFolder, 'user-data'),
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
    // A person may want other extensions beside this one.
    env: { EXTENSIONS_GALLERY: undefined },
    label: 'user',
  });
  const url = server.url({ folder });
  console.log(
    `\nVS Code runs with ${folder}. Open in a browser on this machine:\n\n  ${url}\n\nA new folder is in Restricted Mode until you trust it: "Manage", at the top. Ctrl-C ends it.`,
  );
  openBrowser(url);
  await Promise.race([stop, server.ended]);
  console.log('\nEnding VS Code.');
}

/** A convenience: the address is printed, so nothing is lost where no browser opens. */
function openBrowser(url: string): void {
  const { platform, env } = process;
  if (platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return;
  const [command, ...rest] =
    platform === 'darwin' ? ['open'] : platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
  const child = spawn(command!, [...rest, url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}

async function findOnPath(name: string): Promise<string | undefined> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const candidate = join(directory, name);
    if (
      await access(candidate).then(
        () => true,
        () => false,
      )
    )
      return candidate;
  }
  return undefined;
}
