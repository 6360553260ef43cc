/**
 * Memory as the control groups of this process allow it: a batch system's job, a container or a systemd slice has less than
 * the machine. Every group on the way up counts, and the tightest decides. Read from the files themselves: version 1 and 2.
 */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export interface GroupMemory {
  /** Bytes; Infinity where there is no limit. */
  limit: number;
  available: number;
}

interface Mount {
  version: 1 | 2;
  /** Which part of the tree is mounted, and where. */
  root: string;
  at: string;
}

const NO_LIMIT: GroupMemory = { limit: Infinity, available: Infinity };

/** `root` stands for `/` in a test. */
export function controlGroupMemory(root = '/'): GroupMemory {
  const memberships = read(join(root, 'proc/self/cgroup'))?.split('\n') ?? [];
  const mounts = readMounts(read(join(root, 'proc/self/mountinfo')) ?? '');
  let tightest = NO_LIMIT;
  for (const membership of memberships) {
    const [, controllers = '', path] = /^\d+:([^:]*):(.*)$/.exec(membership) ?? [];
    const version = controllers === '' ? 2 : 1;
    if (path === undefined || (version === 1 && !controllers.split(',').includes('memory'))) continue;
    const mount = mounts.find((candidate) => candidate.version === version);
    if (!mount) continue;
    for (const folder of foldersUp(mount, path)) {
      const { limit, available } = readGroup(join(root, folder), version);
      tightest = {
        limit: Math.min(tightest.limit, limit),
        available: Math.min(tightest.available, available),
      };
    }
  }
  return tightest;
}

/** `36 35 0:31 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw`; any number of fields stands before the dash. */
function readMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line): Mount[] => {
    const [place = '', kind = ''] = line.split(' - ');
    const [, , , root, at] = place.split(' ');
    const [type, , options = ''] = kind.split(' ');
    if (root === undefined || at === undefined) return [];
    if (type === 'cgroup2') return [{ version: 2, root: unescaped(root), at: unescaped(at) }];
    const isMemory = type === 'cgroup' && options.split(',').includes('memory');
    return isMemory ? [{ version: 1, root: unescaped(root), at: unescaped(at) }] : [];
  });
}

/** The kernel writes a space in a path as `\040`. */
function unescaped(path: string): string {
  return path.replace(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}

/** The group's folder and those above it. Where its path is not below what is mounted (a container), what is mounted is its own. */
function foldersUp({ root, at }: Mount, path: string): string[] {
  const below = relative(root, path);
  const names = below.startsWith('..') ? [] : below.split('/').filter((name) => name !== '');
  return Array.from({ length: names.length + 1 }, (_, depth) =>
    join(at, ...names.slice(0, names.length - depth)),
  );
}

function readGroup(folder: string, version: 1 | 2): GroupMemory {
  const limit =
    version === 2
      ? Math.min(number(folder, 'memory.max'), number(folder, 'memory.high'))
      : number(folder, 'memory.limit_in_bytes');
  // Without a limit, version 1 gives the largest number of pages there is.
  if (!Number.isFinite(limit) || limit > Number.MAX_SAFE_INTEGER / 2) return NO_LIMIT;
  const used = number(folder, version === 2 ? 'memory.current' : 'memory.usage_in_bytes');
  if (!Number.isFinite(used)) return { limit, available: limit };
  return { limit, available: Math.max(0, limit - (used - reclaimable(folder, version))) };
}

/** The cache of files is given back before anything is ended. */
function reclaimable(folder: string, version: 1 | 2): number {
  const name = version === 2 ? 'inactive_file' : 'total_inactive_file';
  const match = new RegExp(`^${name} (\\d+)$`, 'm').exec(read(join(folder, 'memory.stat')) ?? '');
  return match ? Number(match[1]) : 0;
}

/** Infinity for `max` and for a file that is not there. */
function number(folder: string, name: string): number {
  const text = read(join(folder, name))?.trim();
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : Infinity;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
