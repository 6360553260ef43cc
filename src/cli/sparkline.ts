/** A row of bars as text; the highest is `top`. A blank is a time of which nothing is known. */
const BARS = '▁▂▃▄▅▆▇█';

export function sparkline(values: readonly (number | undefined)[], top: number): string {
  return values.map((value) => (value === undefined ? ' ' : bar(value, top))).join('');
}

function bar(value: number, top: number): string {
  const share = top > 0 ? Math.min(1, Math.max(0, value / top)) : 0;
  return BARS[Math.min(BARS.length - 1, Math.floor(share * BARS.length))]!;
}
