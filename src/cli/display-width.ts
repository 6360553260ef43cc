/** How many columns a text takes on a terminal, as far as alignment needs it. */
import { stripVTControlCharacters } from 'node:util';

const WIDE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303F\uFF01-\uFF60]/u;
const graphemes = new Intl.Segmenter();

/** Colours take none, combining marks none, East Asian characters and emoji two. */
export function displayWidth(text: string): number {
  const visible = stripVTControlCharacters(text);
  if (/^[\x20-\x7E]*$/.test(visible)) return visible.length;
  let width = 0;
  for (const { segment } of graphemes.segment(visible)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** The text cut to `columns`, an ellipsis at its end if anything was cut. The text must hold no colours. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let cut = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += displayWidth(segment);
    if (width > columns - 1) break;
    cut += segment;
  }
  return columns > 0 ? `${cut}…` : '';
}
