/**
 * Whether what a file holds looks whole: a JSON file that parses, a last line of JSON that does, a last row of a table that has the
 * fields of the row before. Of a large file only its two ends are known. A cut that leaves something whole is not seen.
 */

/** The beginning and the end of a file; both are all of it when it is small. */
export interface FileEnds {
  head: string;
  tail: string;
  isWhole: boolean;
}

export type ContentProblem =
  'is no whole JSON' | 'ends in the middle of a line' | 'ends in the middle of a row';

/** Undefined: nothing is wrong with it, or nothing can be said about a file of that name. */
export function contentProblem(file: string, ends: FileEnds): ContentProblem | undefined {
  // Another encoding than UTF-8.
  if (ends.head.includes('\0')) return undefined;
  const extension = /\.([a-z]+)$/i.exec(file)?.[1]?.toLowerCase();
  switch (extension) {
    case 'json':
    case 'geojson':
      return isWholeJson(ends) ? undefined : 'is no whole JSON';
    case 'jsonl':
    case 'ndjson':
      return endsInWholeLine(ends) ? undefined : 'ends in the middle of a line';
    case 'csv':
    case 'tsv':
      return endsInWholeRow(ends) ? undefined : 'ends in the middle of a row';
    default:
      return undefined;
  }
}

function isWholeJson({ tail, isWhole }: FileEnds): boolean {
  return isWhole ? parses(tail) : /[\]}]\s*$/.test(tail);
}

function endsInWholeLine({ tail, isWhole }: FileEnds): boolean {
  const lines = tail.trimEnd().split('\n');
  // Its beginning is not known.
  if (lines.length === 1 && !isWhole) return true;
  return parses(lines.at(-1)!);
}

/** A line end behind the last row says that it is whole, and so does its number of fields. */
function endsInWholeRow({ head, tail, isWhole }: FileEnds): boolean {
  // Which of the quotes open a field can be told from the beginning only.
  if (!isWhole && tail.includes('"')) return true;
  const { rows, isQuoted } = fieldsOf(tail, dividerOf(head));
  if (isQuoted) return false;
  const [before, last] = rows.slice(-2);
  return last === undefined || /\n$/.test(tail) || last >= before!;
}

/** What stands most often in the first line. */
function dividerOf(head: string): string {
  const first = head.split('\n', 1)[0]!;
  const count = (divider: string): number => first.split(divider).length;
  return [',', ';', '\t'].reduce((most, divider) => (count(divider) > count(most) ? divider : most));
}

/** How many fields each row has; whether the end lies within quotes. */
function fieldsOf(text: string, divider: string): { rows: number[]; isQuoted: boolean } {
  const rows: number[] = [];
  let fields = 1;
  let isQuoted = false;
  for (const character of text.replace(/\r?\n$/, '')) {
    if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (character === '\n') {
      rows.push(fields);
      fields = 1;
    } else if (character === divider) fields++;
  }
  return { rows: [...rows, fields], isQuoted };
}

/** Python writes NaN and Infinity, which JSON does not have. */
function parses(text: string): boolean {
  const plain = text.replace(/^\uFEFF/, '').replaceAll(/\b(?:NaN|Infinity)\b/g, '0');
  try {
    JSON.parse(plain);
    return true;
  } catch {
    return false;
  }
}
