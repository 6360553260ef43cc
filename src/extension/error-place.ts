import { isAbsolute, join } from 'node:path';

/** Where in a file an error is, counted from 1. */
export interface FilePlace {
  file: string;
  line: number;
}

/** Reads the `place` of a control error, if it is a line of a file (`nightcrew.yaml:12`) and not a pool or a job. */
export function filePlaceOf(place: string | undefined, folder: string | undefined): FilePlace | undefined {
  const match = /^(.+?):(\d+)(?::\d+)?$/.exec(place ?? '');
  if (!match) return undefined;
  const [, file = '', line] = match;
  if (isAbsolute(file)) return { file, line: Number(line) };
  return folder === undefined ? undefined : { file: join(folder, file), line: Number(line) };
}
