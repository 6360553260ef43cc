/** Supervisor and keeper run on the Node that runs this; too old a one would fail there, and less clearly. */
import type { Problem } from './report-error.ts';

const OLDEST_MAJOR = 22;

/** What to tell about this version of Node; undefined when it will do. */
export function oldNodeProblem(version: string): Problem | undefined {
  if (Number(version.split('.')[0]) >= OLDEST_MAJOR) return undefined;
  return {
    message: `Nightcrew needs Node ${OLDEST_MAJOR} or later; this is Node ${version}.`,
    nextStep: `Install Node ${OLDEST_MAJOR} or later, or use nightcrew from its checkout, which brings its own.`,
  };
}
