/** Builds the processes of another version of Nightcrew from the sources at hand, into a folder of its own. */
import { cpSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { SCHEMA_VERSION } from '../../src/store/schema.ts';
import { distribution } from './temporary-crew.ts';

export interface OtherVersion {
  /** Of the product. */
  product: string;
  /** `CONTROL_VERSION` */
  control: number;
  /** `WIRE_VERSION` and the oldest it speaks. Default: as they are. */
  wire?: number;
  /** `SCHEMA_VERSION`: one more than it is, with the same tables. Default: as it is. */
  newerSchema?: boolean;
}

/** Resolves with the folder, which holds what `dist` holds but the extension and the dashboard. */
export async function buildVersion(version: OtherVersion, folder: string): Promise<string> {
  const sdk = (name: string): void =>
    cpSync(join(distribution, name), join(folder, name), { recursive: true });
  await build({
    entryPoints: {
      supervisor: 'src/supervisor/main.ts',
      keeper: 'src/keeper/main.ts',
      'projection-thread': 'src/store/projection-thread.ts',
      'command-worker': 'src/command-worker/main.ts',
      cli: 'src/cli/main.ts',
    },
    absWorkingDir: join(distribution, '..'),
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    logLevel: 'warning',
    outdir: folder,
    banner: {
      js: "import { createRequire as nodeRequire } from 'node:module'; const require = nodeRequire(import.meta.url);",
    },
    plugins: [replaceConstants(version)],
  });
  for (const name of ['sql-wasm.wasm', 'sdk']) sdk(name);
  return folder;
}

function replaceConstants({ product, control, wire, newerSchema = false }: OtherVersion): Plugin {
  const replace = async (path: string, constant: string, value: number): Promise<string> => {
    const text = await readFile(path, 'utf8');
    const changed = text.replace(new RegExp(`(export const ${constant} =) \\d+;`), `$1 ${value};`);
    if (!changed.includes(`export const ${constant} = ${value};`))
      throw new Error(`${path} has no ${constant}`);
    return changed;
  };
  return {
    name: 'another version',
    setup({ onLoad }) {
      onLoad({ filter: /\/package\.json$/ }, async ({ path }) => {
        if (path !== join(distribution, '..', 'package.json')) return undefined;
        const manifest = JSON.parse(await readFile(path, 'utf8')) as object;
        return { contents: JSON.stringify({ ...manifest, version: product }), loader: 'json' };
      });
      onLoad({ filter: /\/src\/control\/api\.ts$/ }, async ({ path }) => ({
        contents: await replace(path, 'CONTROL_VERSION', control),
        loader: 'ts',
      }));
      if (newerSchema) {
        onLoad({ filter: /\/src\/store\/schema\.ts$/ }, async ({ path }) => ({
          contents: await replace(path, 'SCHEMA_VERSION', SCHEMA_VERSION + 1),
          loader: 'ts',
        }));
        onLoad({ filter: /\/src\/store\/upgrade-schema\.ts$/ }, async ({ path }) => {
          const contents = await readFile(path, 'utf8');
          const step = `${SCHEMA_VERSION}: '',`;
          return { contents: contents.replace(/(const STEPS: .* = \{)/, `$1 ${step}`), loader: 'ts' };
        });
      }
      if (wire === undefined) return;
      onLoad({ filter: /\/src\/keeper\/wire\.ts$/ }, async ({ path }) => {
        const contents = await replace(path, 'WIRE_VERSION', wire);
        return { contents: contents.replace(/(OLDEST_WIRE_VERSION =) \d+/, `$1 ${wire}`), loader: 'ts' };
      });
    },
  };
}
