/** What a pool's `run:` says of parameters, beside what its batches have: a slip there is found by the first job otherwise, at night. */
import { isMap, type Node } from 'yaml';
import { closestName } from './closest-name.ts';
import type { CrewBatch } from './crew-file-batch.ts';
import type { CrewFileReader, Field } from './crew-file-reader.ts';
import { fillPlaceholders, parameterVariable, shellVariables } from './placeholders.ts';
import type { PoolSettings } from './pool.ts';

export function warnOfPlaceholders(
  reader: CrewFileReader,
  fields: readonly Field[],
  pools: readonly PoolSettings[],
  batches: readonly CrewBatch[],
): void {
  for (const pool of pools.filter(({ protocol }) => protocol === 'command')) {
    const place = runOf(fields.find(({ name }) => name === pool.name)!);
    const own = batches.filter((batch) => batch.pool === pool.name);
    warnOfShellVariables(reader, place, pool, own);
    warnOfUnknown(reader, place, pool, own);
  }
}

/** Where its command stands; a pool that is merged of others may have it elsewhere. */
function runOf({ key, value }: Field): Node {
  return (isMap(value) ? (value.get('run', true) as Node | undefined) : undefined) ?? key;
}

function warnOfShellVariables(
  reader: CrewFileReader,
  place: Node,
  { name: pool, command, env }: PoolSettings,
  batches: readonly CrewBatch[],
): void {
  for (const name of new Set(shellVariables(command))) {
    const batch = batches.find((candidate) => parametersOf(candidate).names.has(name));
    if (!batch || Object.hasOwn(env, name)) continue;
    reader.warn(
      place,
      `Pool "${pool}": run has \${${name}}, which stays as it is; the jobs of batch "${batch.name}" have a parameter "${name}".`,
      `Write {${name}} for its value, or \${${parameterVariable(name)}} in a script that a shell reads.`,
    );
  }
}

function warnOfUnknown(
  reader: CrewFileReader,
  place: Node,
  { name: pool, command }: PoolSettings,
  batches: readonly CrewBatch[],
): void {
  const known = batches.map((batch) => ({ batch, ...parametersOf(batch) }));
  for (const name of fillPlaceholders(command, {}).unknown) {
    const lacking = known.find(({ names, areAll }) => areAll && !names.has(name));
    if (!lacking) continue;
    const meant = closestName(name, lacking.names);
    reader.warn(
      place,
      `Pool "${pool}": run has {${name}}, but the jobs of batch "${lacking.batch.name}" have no parameter "${name}": each of them would fail.`,
      meant === undefined
        ? `Add it to the batch, or write {{${name}}} if the text {${name}} is meant.`
        : `Did you mean {${meant}}?`,
    );
  }
}

/** The names that any of its jobs has; not all of them where its rows stand in another file. */
function parametersOf({ source, parameters }: CrewBatch): { names: Set<string>; areAll: boolean } {
  const names = new Set(Object.keys(parameters));
  if ('csv' in source || 'jsonl' in source) return { names, areAll: false };
  const rows = 'matrix' in source ? [source.matrix] : source.jobs;
  for (const row of rows) for (const name of Object.keys(row)) names.add(name);
  return { names, areAll: true };
}
