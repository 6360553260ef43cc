/** What of its pool's settings a worker keeps from its launch until it is started again; all others hold at once. */
import { definitionHash } from './crew-file-definition.ts';
import type { PoolSettings } from './pool.ts';

const KEPT = ['command', 'env', 'gpus'] as const;

/** A short text for each, equal for equal settings: enough to see that one has changed. */
export type LaunchSettings = Record<(typeof KEPT)[number], string>;

export function launchSettings({ protocol, command, env, gpus }: PoolSettings): LaunchSettings {
  return {
    command: definitionHash({ protocol, command }),
    env: definitionHash(env),
    gpus: definitionHash(gpus ?? null),
  };
}

/** The settings that have changed since, as the crew file calls them: `run and env`; undefined: none, or nobody knows. */
export function changedSinceLaunch(
  launched: LaunchSettings | undefined,
  pool: PoolSettings | undefined,
): string | undefined {
  if (!launched || !pool) return undefined;
  const now = launchSettings(pool);
  const changed = KEPT.filter((name) => launched[name] !== now[name]);
  if (changed.length === 0) return undefined;
  const names = changed.map((name) => (name === 'command' && pool.protocol === 'command' ? 'run' : name));
  return [names.slice(0, -1).join(', '), names.at(-1)!].filter((part) => part !== '').join(' and ');
}
