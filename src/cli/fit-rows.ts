/** A live region that is taller than the terminal cannot be drawn in place. */

/** The first lines and how many more there are; one row stays for the cursor. */
export function fitRows(lines: readonly string[], rows: number): string[] {
  const room = Math.max(2, rows - 1);
  if (lines.length <= room) return [...lines];
  const shown = lines.slice(0, room - 1);
  return [...shown, `… and ${lines.length - shown.length} more lines`];
}
