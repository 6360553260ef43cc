/** An extension put where the server keeps installed ones, so that a window treats it as users' windows do. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, realpath, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { InstalledWorkbench } from './install.ts';

/** `source` is a `.vsix`, which VS Code itself installs, or the folder of a package.json, which is linked. */
export async function installExtension(
  source: string,
  extensionsFolder: string,
  { node, serverMain }: InstalledWorkbench,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  if (source.endsWith('.vsix')) {
    const install = ['--install-extension', source, '--force', '--extensions-dir', extensionsFolder];
    const data = [
      '--server-data-dir',
      join(extensionsFolder, '..', 'server'),
      '--accept-server-license-terms',
    ];
    await promisify(execFile)(node, [serverMain, ...install, ...data], { env: environment });
    return;
  }
  const manifest = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as Record<string, string>;
  const { publisher = '', name = '', version = '' } = manifest;
  const link = join(extensionsFolder, `${publisher}.${name}-${version}`.toLowerCase());
  if ((await realpath(link).catch(() => '')) === (await realpath(source))) return;
  // The server takes up what lies in this folder when it makes its list there; of what comes later it knows nothing.
  await rm(extensionsFolder, { recursive: true, force: true });
  await mkdir(extensionsFolder, { recursive: true });
  await symlink(source, link, 'junction');
}
