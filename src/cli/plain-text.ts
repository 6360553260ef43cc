/** Text of others (a worker's error, a parameter) as it may be shown on a terminal. */

/**
 * On one line and without control characters: an escape sequence in a progress message must not move the cursor, and
 * a line break must not tear a table.
 */
export function plainText(text: string): string {
  return text.replaceAll(/\s*[\r\n]+\s*/gu, ' ').replaceAll(/\p{Cc}/gu, ' ');
}

/** Several lines, each without control characters; tabs stay. */
export function plainLines(text: string): string[] {
  return text
    .replace(/\s+$/, '')
    .split(/\r?\n/)
    .map((line) => line.replaceAll(/[^\P{Cc}\t]/gu, ' '));
}
