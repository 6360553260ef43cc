/** Points in time for people: local, to the second, sortable. */

/** `2026-11-22 04:39:55`; empty for none. */
export function timeText(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '';
  const time = new Date(milliseconds);
  const two = (amount: number): string => String(amount).padStart(2, '0');
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${date} ${clockText(milliseconds)}`;
}

/** `04:39:55`. */
export function clockText(milliseconds: number): string {
  return new Date(milliseconds).toTimeString().slice(0, 8);
}
