/**
 * Runs the tests of these folders in this process. They are many, short and without side effects; a process of its own costs
 * each of them more than what it tests. Any of them runs alone, too.
 */
import { readdirSync } from 'node:fs';

for (const folder of ['core', 'extension', 'cli']) {
  const url = new URL(`../${folder}/`, import.meta.url);
  const names = readdirSync(url, { recursive: true, encoding: 'utf8' });
  const tests = names.filter((name) => /^[^.]+\.test\.ts$/.test(name));
  for (const name of tests.sort()) await import(new URL(name, url).href);
}
