/** Amounts of memory and disk as people write and read them: `8GB` in a crew file, `6.2 GB` on a screen. */

/** What a person is told who wrote something else. */
export const BYTE_SIZE_EXPECTED = 'an amount with its unit, like 8GB or 512MB';

const BYTES_IN = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
} as const;

/**
 * Reads `8GB`, `512 MiB`, `1.5gb`: decimal and binary units as the IEC defines them, case ignored. Returns whole
 * bytes, or undefined for anything else, a bare number included: nobody means eight bytes by `8`.
 */
export function parseByteSize(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?i?b)\s*$/i.exec(text);
  if (!match) return undefined;
  const factor = BYTES_IN[match[2]!.toLowerCase() as keyof typeof BYTES_IN] as number | undefined;
  return factor === undefined ? undefined : Math.round(Number(match[1]) * factor);
}

const DISPLAY_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Decimal units, one decimal below ten: `812 B`, `6.2 GB`, `512 MB`. Negative numbers read `0 B`. */
export function formatByteSize(bytes: number): string {
  let amount = Number.isFinite(bytes) ? Math.max(0, bytes) : 0;
  let unit = 0;
  // 999.5 would be shown as 1000: the next unit is due as soon as rounding reaches it.
  while (amount >= 999.5 && unit < DISPLAY_UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && amount < 9.95 ? 1 : 0;
  return `${amount.toFixed(digits)} ${DISPLAY_UNITS[unit]!}`;
}
