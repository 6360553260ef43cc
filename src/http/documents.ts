/**
 * What is written from the routes: `docs/openapi.json` and the reference in `docs/http.md`. `node src/http/documents.ts` writes,
 * `--check` exits with 1 when a file on disk differs.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openApiDocument } from './open-api.ts';
import { referenceTable } from './reference-table.ts';
import { routes } from './routes/routes.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const PAGE = 'docs/http.md';
const [BEGIN, END] = ['<!-- routes: written by src/http/documents.ts -->', '<!-- end of routes -->'];

async function documents(): Promise<{ path: string; text: string }[]> {
  const page = await readFile(`${root}${PAGE}`, 'utf8');
  const [before, after] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`${PAGE} has lost the marks of its reference.`);
  const text = `${page.slice(0, before)}${BEGIN}\n\n${referenceTable(routes)}\n${page.slice(after)}`;
  return [
    { path: 'docs/openapi.json', text: `${JSON.stringify(openApiDocument(routes), null, 2)}\n` },
    { path: PAGE, text },
  ];
}

/** The paths of files that differ from what the routes say. */
export async function staleDocuments(): Promise<string[]> {
  const stale: string[] = [];
  for (const { path, text } of await documents()) {
    const onDisk = await readFile(`${root}${path}`, 'utf8').catch(() => undefined);
    if (onDisk !== text) stale.push(path);
  }
  return stale;
}

if (import.meta.main) {
  if (process.argv.includes('--check')) {
    const stale = await staleDocuments();
    for (const path of stale) console.error(`${path} is stale: run node src/http/documents.ts`);
    process.exitCode = stale.length === 0 ? 0 : 1;
  } else {
    for (const { path, text } of await documents()) await writeFile(`${root}${path}`, text);
  }
}
