/** Tables of text: columns aligned, two spaces between them, the last one cut to the terminal's width. */
import { cutToWidth, displayWidth } from './display-width.ts';

export interface Column {
  title: string;
  /** Default left. */
  align?: 'left' | 'right';
}

export interface Cell {
  text: string;
  /** Laid over the padded text, so that colours do not disturb the alignment. */
  style?: (text: string) => string;
}

const GAP = '  ';

export interface TableLayout {
  /** Of the terminal; undefined: nothing is cut. */
  width?: number | undefined;
  titleStyle?: (text: string) => string;
  /** In front of each line. */
  indent?: string;
}

/** The lines of a table. A column that is empty in every row is left out: it would only cost width. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly (Cell | string)[])[],
  { width, titleStyle = (text) => text, indent = '' }: TableLayout = {},
): string[] {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? { text: cell } : cell)));
  const shown = columns.map((_column, index) => cells.some((row) => row[index]!.text !== ''));
  const all = [columns.map(({ title }): Cell => ({ text: title, style: titleStyle })), ...cells];
  const widths = columns.map((_column, index) =>
    Math.max(...all.map((row) => displayWidth(row[index]!.text))),
  );
  const last = shown.lastIndexOf(true);
  return all.map((row) => {
    let line = indent;
    let used = displayWidth(indent);
    row.forEach((cell, index) => {
      if (!shown[index]) return;
      const room = width === undefined ? Infinity : Math.max(0, width - used);
      const text = fit(cell.text, widths[index]!, columns[index]!.align, index === last, room);
      line += `${cell.style ? cell.style(text) : text}${index === last ? '' : GAP}`;
      used += displayWidth(text) + GAP.length;
    });
    return line.trimEnd();
  });
}

function fit(
  text: string,
  width: number,
  align: Column['align'] = 'left',
  isLast: boolean,
  room: number,
): string {
  const padding = ' '.repeat(Math.max(0, width - displayWidth(text)));
  const padded = align === 'right' ? padding + text : isLast ? text : text + padding;
  return Number.isFinite(room) ? cutToWidth(padded, room) : padded;
}
