/** A worker's error or a parameter is data: it must not become a link, an icon, a heading or a second table cell. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_[\]|~$!#]/g, '\\$&')
    .replaceAll(/\s+/g, ' ');
}

/** Fenced by more backticks than stand anywhere in the text. */
export function codeBlock(text: string, language: string): string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, text, fence];
}
