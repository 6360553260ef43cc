/**
 * Where the sockets and tokens of a workspace's processes live: the user's runtime folder, because socket paths are
 * short (about 104 bytes) and a workspace may be shared, synced or on a network file system.
 */
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { CONTROL_VERSION } from './api.ts';
import { ControlError, ControlErrorCode } from './control-error.ts';

export interface RuntimeFolder {
  folder: string;
  /** Where the supervisor listens; a named pipe on Windows. Its name carries the version of the control protocol. */
  controlSocket: string;
  /** Held by the one supervisor of the workspace. */
  leaseFile: string;
}

/** Finds (and makes, mode 0700) the runtime folder of a workspace. Links in the workspace's path are resolved. */
export function runtimeFolder(workspace: string, environment = process.env): RuntimeFolder {
  const name = createHash('sha256').update(realWorkspace(workspace)).digest('hex').slice(0, 16);
  const root = privateFolder(rootFolder(environment));
  const folder = privateFolder(join(root, name));
  const controlSocket =
    process.platform === 'win32'
      ? `\\\\.\\pipe\\nightcrew-${userInfo().username}-${name}-control-v${CONTROL_VERSION}`
      : join(folder, `control-v${CONTROL_VERSION}.sock`);
  return { folder, controlSocket, leaseFile: join(folder, 'supervisor.lease') };
}

function rootFolder(environment: NodeJS.ProcessEnv): string {
  if (environment['NIGHTCREW_RUNTIME_DIR']) return environment['NIGHTCREW_RUNTIME_DIR'];
  if (process.platform === 'win32') return join(environment['LOCALAPPDATA'] ?? homedir(), 'nightcrew');
  if (environment['XDG_RUNTIME_DIR']) return join(environment['XDG_RUNTIME_DIR'], 'nightcrew');
  return join(tmpdir(), `nightcrew-${userInfo().uid}`);
}

function realWorkspace(workspace: string): string {
  try {
    return realpathSync(workspace);
  } catch {
    throw new ControlError(ControlErrorCode.notFound, `The workspace folder ${workspace} does not exist.`, {
      nextStep: 'Name an existing folder.',
    });
  }
}

/** The temporary folder is everybody's: a folder there that somebody else made first is not to be trusted. */
function privateFolder(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const status = lstatSync(folder);
  const mine = process.platform === 'win32' || status.uid === userInfo().uid;
  const closed = process.platform === 'win32' || (status.mode & 0o077) === 0;
  if (!status.isDirectory() || !mine || !closed) {
    throw new ControlError(ControlErrorCode.refused, `The folder ${folder} is not yours alone.`, {
      place: folder,
      nextStep: `Remove it or make it private (chmod 700), or set NIGHTCREW_RUNTIME_DIR to another folder.`,
    });
  }
  return folder;
}
