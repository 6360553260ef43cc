/** Values that arrive as text (a CSV cell, `--param seed=3`) and are typed by what they look like. */

/**
 * `0.5`, `-3`, `1e-4` become numbers, `true` and `FALSE` booleans, nothing becomes null. What a number would not
 * give back as it stands, `007` and integers beyond 2^53, stays text.
 */
export function cellValue(cell: string): unknown {
  const text = cell.trim();
  if (text === '') return null;
  if (/^true$/i.test(text)) return true;
  if (/^false$/i.test(text)) return false;
  if (!/^-?(0|[1-9]\d*|(?=\.))(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return cell;
  const number = Number(text);
  const exact = /^-?\d+$/.test(text) ? Number.isSafeInteger(number) : Number.isFinite(number);
  return exact ? number : cell;
}
