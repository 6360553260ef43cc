/**
 * Writes what follows from the schema: the TypeScript types and constants of every message, and the reference
 * tables. `node protocol/generate.ts` writes, `--check` exits with 1 when a file on disk differs.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { referencePage } from './generator/reference-page.ts';
import { readModel } from './generator/model.ts';
import { typescriptModule } from './generator/typescript-module.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** One generated file: its path from the root of the repository and the text it should have. */
export interface GeneratedFile {
  path: string;
  text: string;
}

/** Everything that is generated, as it should be on disk. */
export async function generate(): Promise<GeneratedFile[]> {
  const model = await readModel();
  return [
    { path: 'src/protocol/generated/messages.ts', text: await typescriptModule(model) },
    { path: 'protocol/specification.md', text: await referencePage(model) },
  ];
}

/** The paths of generated files that are missing or differ from the schema. */
export async function staleFiles(): Promise<string[]> {
  const stale: string[] = [];
  for (const file of await generate()) {
    const onDisk = await readFile(`${root}${file.path}`, 'utf8').catch(() => undefined);
    if (onDisk !== file.text) stale.push(file.path);
  }
  return stale;
}

if (import.meta.main) {
  if (process.argv.includes('--check')) {
    const stale = await staleFiles();
    for (const path of stale) console.error(`${path} is stale: run node protocol/generate.ts`);
    process.exitCode = stale.length === 0 ? 0 : 1;
  } else {
    for (const file of await generate()) await writeFile(`${root}${file.path}`, file.text);
  }
}
