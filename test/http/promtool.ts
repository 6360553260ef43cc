/** Prometheus's own judge of metrics: in the PATH, or unpacked into the cache by `.ci/run`. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const unpacked = fileURLToPath(new URL('../../.vscode-test/prometheus/usr/bin/promtool', import.meta.url));

export function promtool(): string | undefined {
  if (existsSync(unpacked)) return unpacked;
  return spawnSync('promtool', ['--version']).status === 0 ? 'promtool' : undefined;
}
