import type { CrewState } from '../control/crew-state.ts';
import { damageNews, startNews } from '../control/start-news.ts';
import { plainText } from './plain-text.ts';
import type { Colors } from './terminal.ts';

/** How the supervisor's life began, where that is news. */
export function startLines({ server, wanted }: CrewState, colors: Colors): string[] {
  return [startNews(server, wanted), damageNews(server)]
    .filter((news) => news !== undefined)
    .map((news) => colors.yellow(plainText(news)));
}
