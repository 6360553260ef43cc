import type { Trouble } from '../control/crew-state.ts';
import { cutToWidth } from './display-width.ts';
import { plainText } from './plain-text.ts';
import type { Colors } from './terminal.ts';

/** What keeps the crew from its work now, and what to do; cut where a line must not be wider than the terminal. */
export function troubleLines(troubles: readonly Trouble[], colors: Colors, columns?: number): string[] {
  const cut = (line: string): string => (columns === undefined ? line : cutToWidth(line, columns));
  return troubles.flatMap(({ message, nextStep }) => [
    colors.red(cut(plainText(message))),
    ...(nextStep === undefined ? [] : [cut(`  next: ${plainText(nextStep)}`)]),
  ]);
}
