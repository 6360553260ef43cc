/** Which value of each setting holds, and where it stands. */
import type { ControlRequests } from '../../control/api.ts';
import type { EffectiveSetting } from '../../control/care.ts';
import { CREW_FILE_NAME } from '../../core/crew-file.ts';
import { readSettings, SETTINGS } from '../../core/settings.ts';
import type { OperationContext } from './context.ts';

export function effectiveSettings(
  { settings: given = [] }: ControlRequests['settings']['parameters'],
  { crewFile, settings: crew }: OperationContext,
): EffectiveSetting[] {
  // Of who only looks nothing is recorded; what the workers were started with comes first.
  const held = crew.given ?? given;
  const values = readSettings(held).settings;
  const file = crewFile.read();
  return SETTINGS.flatMap(({ name, inPool }) => {
    const from = held.find((setting) => setting.name === name)?.from ?? 'default';
    const value = values[name];
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
