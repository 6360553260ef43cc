import type { CommandSubject } from '../../../webview/messages.ts';

/** What a command is called with when the dashboard asks for it: the same as from the trees. */
export function commandArguments(about: CommandSubject | undefined): unknown[] {
  if (!about) return [];
  if ('worker' in about) return [about.worker];
  if ('pool' in about) return [{ kind: 'pool', pool: about.pool }];
  if ('batch' in about) return [about.batch];
  return [about.job];
}
