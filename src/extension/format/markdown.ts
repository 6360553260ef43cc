/** A worker's error or a parameter is data: it must not become a link, an icon, a heading or a second table cell. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_[\]|~$!#]/g, '\\$&')
    .replaceAll(/\s+/g, ' ');
}
