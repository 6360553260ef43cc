/** A log and what was rotated away from it: `worker_3.log`, and before it `.1`, `.2`, `.3`. */

/** As many as the keeper keeps; see `src/keeper/rotating-log.ts`. */
export const KEPT_LOGS = 3;

/** The file that is `age` rotations old; 0 is the one that is written to. */
export function logFileOfAge(file: string, age: number): string {
  return age === 0 ? file : `${file}.${age}`;
}
