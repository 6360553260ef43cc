/** Where the harness keeps things. All of it is inside the repository and ignored by git. */
import { join, resolve } from 'node:path';

export const repositoryRoot = resolve(import.meta.dirname, '../../..');

/** Holds the installed workbench; shared by all runs. `@vscode/test-electron` keeps its downloads next to it. */
export const cacheFolder = join(repositoryRoot, '.vscode-test');

/** Logs and screenshots of test runs: what one looks at after a failure. */
export const outputFolder = join(repositoryRoot, 'test-output');
