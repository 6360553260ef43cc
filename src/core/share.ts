/** Shares as people write them: `10%`. */

/** What a person is told who wrote something else. */
export const SHARE_EXPECTED = 'a share like 10%';

/** Reads `10%` or `2.5 %` as 0.1 or 0.025; a bare number is none, since 0.1 and 10 could both be meant. */
export function parseShare(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text);
  const share = match ? Number(match[1]) / 100 : undefined;
  return share !== undefined && share <= 1 ? share : undefined;
}
