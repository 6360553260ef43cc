/** Loaded before each file of the tests: what was compiled for one of their processes is not compiled for the others. */
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(import.meta.resolve('../node_modules/.cache/compiled-tests')));
