/** Bundles the suite for an extension host, which may be older than the Node that runs TypeScript by itself. */
import { build } from 'esbuild';
import { defaults } from '../arguments.ts';
import { join } from 'node:path';

export async function buildSuite(): Promise<string> {
  await build({
    entryPoints: [join(import.meta.dirname, 'suite.ts')],
    outfile: defaults.suite,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['vscode'],
    logLevel: 'warning',
  });
  return defaults.suite;
}

if (import.meta.main) await buildSuite();
