/**
 * What a new connection brings that a person should be told: how the supervisor's life began, once for each supervisor
 * however often the window is reloaded; and what is wrong at the moment, since the notice of it went out before this
 * window listened.
 */
import type { Notice } from '../../control/api.ts';
import type { CrewState, Trouble } from '../../control/crew-state.ts';
import { damageNews, harmlessNews, startNews } from '../../control/start-news.ts';
import type { SupervisorLink } from '../supervisor-link.ts';

export interface NewsMemory {
  /** The supervisor whose start was told last. */
  get(): string | undefined;
  set(serverId: string): void;
}

export interface NewsListener {
  /** Of the past; it needs no one to act. */
  started(message: string): void;
  /** Of a crash that cost nothing: worth a line, and no interruption. */
  recovered(message: string): void;
  /** Of the present, as the supervisor itself would have told it. */
  noticed(notice: Notice): void;
}

/** Returns a function that ends the following. */
export function followConnectionNews(
  link: SupervisorLink,
  memory: NewsMemory,
  listener: NewsListener,
): () => void {
  const known = new Set<string>();
  const tellTroubles = (troubles: readonly Trouble[], announced: boolean): void => {
    for (const trouble of troubles) {
      const key = `${trouble.kind} ${trouble.since}`;
      if (known.has(key)) continue;
      known.add(key);
      if (announced) continue;
      const { message, nextStep } = trouble;
      listener.noticed({ severity: 'error', message, ...(nextStep === undefined ? {} : { nextStep }) });
    }
  };
  return link.onDidChange(({ state, delta }) => {
    if (state.kind !== 'connected') return;
    // One that began while this window listened has come with a notice.
    tellTroubles(state.crew.troubles, delta !== undefined);
    if (!delta) tellStart(state.crew, memory, listener);
  });
}

function tellStart({ server, wanted }: CrewState, memory: NewsMemory, listener: NewsListener): void {
  if (memory.get() === server.serverId) return;
  memory.set(server.serverId);
  const started = startNews(server, wanted);
  const harmless = harmlessNews(server);
  if (started !== undefined) listener.started(started);
  else if (harmless !== undefined) {
    if (server.start.cause === 'handed-over') listener.started(harmless);
    else listener.recovered(harmless);
  }
  const damage = damageNews(server);
  if (damage !== undefined) listener.noticed({ severity: 'warning', message: damage });
}
