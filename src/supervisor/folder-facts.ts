/** Reads what `judgeFolder` judges by. What cannot be read says nothing: a warning is a help, not a condition. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { fileSystemOf, fileSystemOfMac, isMarker, type FolderFacts } from '../core/folder-place.ts';

/** Milliseconds: a network that hangs must not hold up a start. */
const MOUNT_PATIENCE = 5_000;

export async function readFolderFacts(folder: string, environment = process.env): Promise<FolderFacts> {
  return {
    folder,
    home: homedir(),
    platform: process.platform,
    fileSystem: await readFileSystem(folder).catch(() => undefined),
    markers: await readMarkers(folder),
    copied: [...(await readDropboxFolders(environment)), ...oneDriveFolders(environment)],
  };
}

async function readFileSystem(folder: string): Promise<string | undefined> {
  if (process.platform === 'linux')
    return fileSystemOf(await readFile('/proc/self/mountinfo', 'utf8'), folder);
  if (process.platform !== 'darwin') return undefined;
  const { stdout } = await promisify(execFile)('/sbin/mount', [], { timeout: MOUNT_PATIENCE });
  return fileSystemOfMac(stdout, folder);
}

async function readMarkers(folder: string): Promise<FolderFacts['markers']> {
  const markers: FolderFacts['markers'] = [];
  for (let at = folder; ; at = dirname(at)) {
    const names = await readdir(at).catch(() => []);
    for (const name of names) {
      // `.dropbox` in the home folder is the program's own.
      if (isMarker(name) && at !== homedir()) markers.push({ folder: at, name });
    }
    if (dirname(at) === at) return markers;
  }
}

/** Dropbox tells other programs where its folders are. */
async function readDropboxFolders(environment: NodeJS.ProcessEnv): Promise<FolderFacts['copied']> {
  const folders = [join(homedir(), '.dropbox'), environment['LOCALAPPDATA'], environment['APPDATA']];
  const found: FolderFacts['copied'] = [];
  for (const folder of folders) {
    if (folder === undefined) continue;
    const file = folder.endsWith('.dropbox')
      ? join(folder, 'info.json')
      : join(folder, 'Dropbox', 'info.json');
    try {
      const accounts = JSON.parse(await readFile(file, 'utf8')) as Record<string, { path?: unknown }>;
      for (const { path } of Object.values(accounts)) {
        if (typeof path === 'string') found.push({ folder: path, by: 'Dropbox' });
      }
    } catch {
      // Not installed.
    }
  }
  return found;
}

function oneDriveFolders(environment: NodeJS.ProcessEnv): FolderFacts['copied'] {
  return ['OneDrive', 'OneDriveConsumer', 'OneDriveCommercial'].flatMap((name) => {
    const folder = environment[name];
    return folder ? [{ folder, by: 'OneDrive' }] : [];
  });
}
