/** A batch by what a person calls it. */
import type { BatchRow } from '../core/job-records.ts';
import type { ControlClient } from '../control/client-contract.ts';
import { suggestName } from '../core/closest-name.ts';
import { badInput } from './cli-error.ts';

/** The newest batch of that name, or the one with that number. Throws CliError when there is neither. */
export async function findBatch(client: ControlClient, name: string): Promise<BatchRow> {
  const byName = newest(await client.request('batches', { name }));
  if (byName) return byName;
  const all = await client.request('batches', {});
  const byNumber = all.find(({ id }) => String(id) === name);
  if (byNumber) return byNumber;
  const names = [...new Set(all.map((batch) => batch.name))];
  throw badInput(
    `There is no batch "${name}".`,
    suggestName(name, names.slice(-20)) ?? 'Nothing has been enqueued yet.',
  );
}

function newest(batches: readonly BatchRow[]): BatchRow | undefined {
  return batches.reduce<BatchRow | undefined>(
    (latest, batch) => (latest === undefined || batch.id > latest.id ? batch : latest),
    undefined,
  );
}
