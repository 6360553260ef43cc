/**
 * Builds `dist/`: one bundle for each process and face. `node build.ts` once, `--watch` on every change.
 * Node processes are ES modules for Node 22 and later; the extension is CommonJS, as every VS Code loads it.
 */
import { cp, rm } from 'node:fs/promises';
import { context, type BuildOptions } from 'esbuild';

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

const common: BuildOptions = {
  bundle: true,
  outdir: 'dist',
  sourcemap: production ? false : 'linked',
  minify: production,
  logLevel: 'warning',
  legalComments: 'none',
};

/** CommonJS packages inside an ES module bundle call `require` for Node's built-ins. */
const requireBanner =
  "import { createRequire as nodeRequire } from 'node:module'; const require = nodeRequire(import.meta.url);";

const node: BuildOptions = {
  ...common,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  banner: { js: requireBanner },
};

const builds: BuildOptions[] = [
  {
    ...node,
    entryPoints: {
      supervisor: 'src/supervisor/main.ts',
      keeper: 'src/keeper/main.ts',
      'projection-thread': 'src/store/projection-thread.ts',
      'command-worker': 'src/command-worker/main.ts',
      http: 'src/http/main.ts',
    },
  },
  {
    ...node,
    entryPoints: { cli: 'src/cli/main.ts' },
    banner: { js: `#!/usr/bin/env node\n${requireBanner}` },
  },
  {
    ...common,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['vscode'],
    entryPoints: { extension: 'src/extension/extension.ts' },
    outExtension: { '.js': '.cjs' },
  },
  {
    ...common,
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    entryPoints: { dashboard: 'webview/dashboard.ts' },
  },
];

await rm('dist', { recursive: true, force: true });
for (const options of builds) {
  const build = await context(options);
  if (watch) await build.watch();
  else {
    await build.rebuild();
    await build.dispose();
  }
}
await cp('node_modules/sql.js/dist/sql-wasm.wasm', 'dist/sql-wasm.wasm');
await cp('node_modules/@vscode/codicons/dist/codicon.css', 'dist/codicons/codicon.css');
await cp('node_modules/@vscode/codicons/dist/codicon.ttf', 'dist/codicons/codicon.ttf');
// What workers import: on PYTHONPATH and NODE_PATH of every worker.
await cp('protocol/python/nightcrew', 'dist/sdk/python/nightcrew', {
  recursive: true,
  filter: (source) => !source.includes('__pycache__'),
});
await cp('protocol/node/nightcrew-worker', 'dist/sdk/node/nightcrew-worker', { recursive: true });
