/** The Node that a checkout installs among its packages: the command works with it where the Node on PATH is too old. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

/** Where it stands, seen from the folder of the bundles; undefined in a package that was installed alone. */
export function ownNode(distribution: string): string | undefined {
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = join(distribution, '..', 'node_modules', 'node', 'bin', program);
  return existsSync(path) ? path : undefined;
}

/** Runs the same command line in another Node and gives the code it ends with. */
export async function continueIn(node: string, commandLine: string[]): Promise<number> {
  const child = spawn(node, commandLine, { stdio: 'inherit' });
  // What a terminal sends, it sends to both of us; what is sent to this process alone is passed on.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + constants.signals[signal!];
}
