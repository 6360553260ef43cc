const grouped = new Intl.NumberFormat('en-US');

/** `1,000,000`: a queue of a million must be readable at a glance. */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/** `43 %`. Rounded down, so that nothing shows as finished before it is. */
export function formatPercent(fraction: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, fraction)) * 100)} %`;
}
