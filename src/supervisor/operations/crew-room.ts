/** `room`. */
import type { ControlRequests } from '../../control/api.ts';
import type { OperationContext } from './context.ts';

export async function room(
  _parameters: ControlRequests['room']['parameters'],
  { admission, crewFile, pools }: OperationContext,
): Promise<ControlRequests['room']['result']> {
  await admission.refreshMachine();
  const inFile = crewFile.read()?.pools.map(({ name }) => name) ?? [];
  return {
    pools: inFile.flatMap((name) => {
      const settings = pools.settings(name);
      return settings ? [{ pool: name, ...admission.room(settings) }] : [];
    }),
  };
}
