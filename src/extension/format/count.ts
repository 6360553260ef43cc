const grouped = new Intl.NumberFormat('en-US');

/** `1,000,000`: a queue of a million must be readable at a glance. */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/** `1 worker`, `2 workers`; the plural is given where an `s` does not make it. */
export function formatQuantity(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** `43 %`. Rounded down, so that nothing shows as finished before it is. */
export function formatPercent(fraction: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, fraction)) * 100)} %`;
}
