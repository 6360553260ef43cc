/**
 * Where in a crew file its pools and batches begin, read line by line: enough for a mark above each in the editor,
 * while the file is being typed and may not be valid. What the file means is for the supervisor to say.
 */
export interface OutlineEntry {
  kind: 'pool' | 'batch';
  name: string;
  /** From 0. */
  line: number;
}

const SECTIONS = new Map<string, OutlineEntry['kind']>([
  ['pools', 'pool'],
  ['batches', 'batch'],
]);

export function crewFileOutline(text: string): OutlineEntry[] {
  const entries: OutlineEntry[] = [];
  let kind: OutlineEntry['kind'] | undefined;
  let indent: number | undefined;
  text.split(/\r?\n/).forEach((content, line) => {
    const key = /^( *)(?:"([^"]+)"|'([^']+)'|([^\s#'"][^#:]*?)) *:(?: |$)/.exec(content);
    if (!key) return;
    const depth = key[1]!.length;
    const name = (key[2] ?? key[3] ?? key[4])!;
    if (depth === 0) {
      kind = SECTIONS.get(name);
      indent = undefined;
      return;
    }
    // The first key of a section sets how far its entries are indented; deeper ones belong to them.
    indent ??= depth;
    if (kind && depth === indent) entries.push({ kind, name, line });
  });
  return entries;
}
