/** Programs from PyPI that judge the API, installed once into the cache beside the workbench. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
const cache = fileURLToPath(new URL('../../.vscode-test/', import.meta.url));

/** The environment in which `python3 -m …` finds them; or why there is none. */
export function pythonTools(): { environment: NodeJS.ProcessEnv } | { missing: string } {
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = `${cache}python-${version}`;
  if (!existsSync(folder)) {
    const problem = install(folder);
    if (problem) return { missing: problem };
  }
  return { environment: { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' } };
}

/** Under another name first, so that what is there is whole. */
function install(folder: string): string | undefined {
  const partial = `${folder}.${process.pid}`;
  mkdirSync(cache, { recursive: true });
  const words = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', partial];
  const { status, stderr, error } = spawnSync('python3', [...words, '-r', requirements], {
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (status === 0 && !existsSync(folder)) {
    renameSync(partial, folder);
    return undefined;
  }
  rmSync(partial, { recursive: true, force: true });
  return status === 0 ? undefined : `pip could not install them: ${error?.message ?? stderr.slice(-300)}`;
}
