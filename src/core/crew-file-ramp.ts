/** `ramp:` of a pool: the steps of its staged rollout, and what rolls it back. */
import { isMap, isSeq, type Node } from 'yaml';
import { readTexts } from './crew-file-health.ts';
import { describe, type CrewFileReader, type Field } from './crew-file-reader.ts';
import { DURATION, SHARE } from './crew-file-measures.ts';
import { quantity } from './quantity.ts';
import type { PoolSettings } from './pool.ts';
import type { RampStep } from './ramp.ts';

const STEPS_EXPECTED = 'a list of steps like { workers: 2, soak: 2h }';
const ROLLBACK_ON = {
  expected: 'the type of an error, or a list of them',
  example: 'rollbackOn: [SchemaMismatch]',
};
const MOST_STEPS = 100;

/** `workers`: how many the pool has by itself; undefined: as many as the last step. */
export function readRamp(
  reader: CrewFileReader,
  field: Field | undefined,
  pool: string,
  workers: number | undefined,
  mostWorkers: number,
): Pick<PoolSettings, 'ramp'> {
  if (field === undefined) return {};
  const what = `${pool}: ramp`;
  const fields = isMap(field.value)
    ? reader.fields(field, what, ['steps', 'errorRate', 'rollbackOn'])
    : new Map([['steps', field]]);
  const [stepsField, rateField, namesField] = [
    fields?.get('steps'),
    fields?.get('errorRate'),
    fields?.get('rollbackOn'),
  ];
  if (!stepsField) {
    reader.report(
      field.key,
      `${what} has no steps.`,
      'Add "steps:", a list like [{ workers: 2, soak: 2h }].',
    );
    return {};
  }
  const steps = readSteps(reader, stepsField, what, mostWorkers);
  const errorRate = rateField && reader.measure(rateField, `${what}: errorRate`, SHARE);
  const rollbackOn =
    namesField &&
    readTexts(reader, namesField, `${what}: rollbackOn`, ROLLBACK_ON, (text) => /[\p{L}\p{N}]/u.test(text));
  const last = steps.at(-1);
  if (!last) return {};
  if (workers !== undefined && last.workers !== workers)
    reader.report(
      stepsField.value ?? stepsField.key,
      `${what} ends at ${quantity(last.workers, 'worker')}, and the pool has ${workers}.`,
      'Let its last step have as many workers as the pool, or leave "workers" out.',
    );
  return {
    ramp: { steps, ...(errorRate === undefined ? {} : { errorRate }), ...(rollbackOn ? { rollbackOn } : {}) },
  };
}

/** Empty (reported) when one is damaged. */
function readSteps(reader: CrewFileReader, field: Field, what: string, mostWorkers: number): RampStep[] {
  const items = isSeq(field.value) ? field.value.items.map((item) => reader.follow(item)) : [];
  if (items.length === 0 || items.length > MOST_STEPS) {
    const many = items.length > MOST_STEPS ? `${items.length} steps` : undefined;
    reader.report(
      field.value ?? field.key,
      `${what} must be ${STEPS_EXPECTED}, not ${many ?? (isSeq(field.value) ? 'an empty list' : describe(field.value))}.`,
      many
        ? 'Leave some out.'
        : 'Write for example "ramp: [{ workers: 2, soak: 2h }, { workers: 4, soak: 4h }]".',
    );
    return [];
  }
  const steps: RampStep[] = [];
  for (const [index, item] of items.entries()) {
    const step = readStep(
      reader,
      { name: '', key: field.key, value: item },
      `${what}: step ${index + 1}`,
      mostWorkers,
    );
    if (!step) return [];
    const before = steps.at(-1);
    if (before && step.workers <= before.workers) {
      const message = `${what}: step ${index + 1} has ${quantity(step.workers, 'worker')}, and the one before it ${before.workers}.`;
      reader.report(item as Node, message, 'Each step has more workers than the one before.');
      return [];
    }
    steps.push(step);
  }
  return steps;
}

function readStep(
  reader: CrewFileReader,
  item: Field,
  what: string,
  mostWorkers: number,
): RampStep | undefined {
  if (!isMap(item.value)) {
    reader.report(
      item.value ?? item.key,
      `${what} must be a step like { workers: 2, soak: 2h }, not ${describe(item.value)}.`,
      'Say how many workers, and how long: { workers: 2, soak: 2h }.',
    );
    return undefined;
  }
  const fields = reader.fields(item, what, ['workers', 'soak']);
  const [workersField, soakField] = [fields?.get('workers'), fields?.get('soak')];
  if (!workersField || !soakField) {
    reader.report(
      item.value,
      `${what} has no "${workersField ? 'soak' : 'workers'}".`,
      'A step says how many workers, and how long: { workers: 2, soak: 2h }.',
    );
    return undefined;
  }
  const workers = reader.integer(workersField, `${what}: workers`, 1, mostWorkers);
  const soak = reader.measure(soakField, `${what}: soak`, DURATION);
  return workers === undefined || soak === undefined ? undefined : { workers, soak };
}
