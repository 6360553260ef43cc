/** What the programs of this folder work on when nothing else is said. */
import { join } from 'node:path';
import { repositoryRoot } from './workbench/locations.ts';

export const defaults = {
  /** The folder of the extension's package.json. Its `main` is `dist/extension.cjs`: build first. */
  extension: repositoryRoot,
  /** What the build makes of the suite for the extension host; it exports `run()`. */
  suite: join(repositoryRoot, 'test-output', 'suite', 'suite.cjs'),
  /** The folder that windows open. */
  folder: join(repositoryRoot, 'examples', 'epidemic'),
};

/** The options that the runners of a suite share, for `parseArgs`. */
export const suiteOptions = {
  extension: { type: 'string', default: defaults.extension },
  folder: { type: 'string', default: defaults.folder },
} as const;
