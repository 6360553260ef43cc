/** Which value of each setting holds, and where it stands. */
import { CREW_FILE_NAME, type CrewFile } from './crew-file.ts';
import { readSettings, SETTINGS, type GivenSetting, type SettingName } from './settings.ts';

export interface EffectiveSetting {
  name: SettingName;
  /** Of which pool; absent: of all that say nothing of it, or of the crew. */
  pool?: string;
  /** Seconds, a count, a path or a name; absent: nothing holds. */
  value?: number | string;
  /** Where it stands: the crew file, a setting of the editor, a variable of the environment, or `default`. */
  from: string;
}

export function effectiveSettings(
  given: readonly GivenSetting[],
  file: Pick<CrewFile, 'pools' | 'written'> | undefined,
): EffectiveSetting[] {
  const { settings, problems } = readSettings(given);
  const unread = new Set(problems.map(({ from }) => from));
  return SETTINGS.flatMap(({ name, inPool }) => {
    const from =
      given.find((setting) => setting.name === name && !unread.has(setting.from))?.from ?? 'default';
    const value = settings[name];
    const general: EffectiveSetting = { name, from, ...(value === undefined ? {} : { value }) };
    if (inPool === undefined) return general;
    const written = (file?.pools ?? [])
      .filter((pool) => file?.written[pool.name]?.includes(inPool))
      .map((pool): EffectiveSetting => ({
        name,
        pool: pool.name,
        value: pool[inPool],
        from: `${CREW_FILE_NAME}: pools.${pool.name}.${inPool}`,
      }));
    return [general, ...written];
  });
}
