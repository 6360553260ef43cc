/** What a pool of a crew file says about the health of its workers: thresholds, files its jobs leave, what is started again. */
import { isScalar, isSeq, type Node } from 'yaml';
import { BYTE_SIZE, DURATION, SHARE, type Measure } from './crew-file-measures.ts';
import { describe, type CrewFileReader, type Field } from './crew-file-reader.ts';
import type { HealthSettings } from './health-settings.ts';
import type { PoolSettings, RestartCause } from './pool.ts';

const MEASURES: Record<keyof HealthSettings, Measure> = {
  heartbeat: DURATION,
  stalled: DURATION,
  offline: DURATION,
  errors: SHARE,
  alert: SHARE,
  memory: BYTE_SIZE,
  progress: DURATION,
};
const NAMES = Object.keys(MEASURES) as (keyof HealthSettings)[];

const CAUSES: readonly RestartCause[] = ['failed', 'stalled', 'stuck'];
const CAUSES_WRITTEN = {
  expected: 'true, false, or a list of failed, stalled and stuck',
  example: 'autoRestart: [failed, stalled]',
};
const OUTPUTS = {
  expected: 'the name of a file like results/{seed}.csv, or a list of names',
  example: 'outputs: [results/{seed}.csv]',
};

export function readHealth(
  reader: CrewFileReader,
  owner: Field | undefined,
  pool: string,
): Pick<PoolSettings, 'health'> {
  if (owner === undefined) return {};
  const what = `${pool}: health`;
  const fields = reader.fields(owner, what, NAMES);
  const health: HealthSettings = {};
  for (const name of NAMES) {
    const field = fields?.get(name);
    const value = field && reader.measure(field, `${what}: ${name}`, MEASURES[name]);
    if (value !== undefined) health[name] = value;
  }
  return { health };
}

/** One name or a list of them; `{seed}` in it is the job's parameter. */
export function readOutputs(
  reader: CrewFileReader,
  field: Field | undefined,
  pool: string,
): Pick<PoolSettings, 'outputs'> {
  if (field === undefined) return {};
  const outputs = readTexts(reader, field, `${pool}: outputs`, OUTPUTS, (text) => text.trim() !== '');
  return outputs ? { outputs } : {};
}

export function readAutoRestart(
  reader: CrewFileReader,
  field: Field | undefined,
  pool: string,
): Pick<PoolSettings, 'autoRestart'> {
  if (field === undefined) return {};
  if (isScalar(field.value) && typeof field.value.value === 'boolean')
    return { autoRestart: field.value.value ? [...CAUSES] : [] };
  const isCause = (text: string): boolean => CAUSES.some((cause) => cause === text);
  const named = readTexts(reader, field, `${pool}: autoRestart`, CAUSES_WRITTEN, isCause);
  return named ? { autoRestart: CAUSES.filter((cause) => named.includes(cause)) } : {};
}

/** The text, or the texts of the list, that are as they should be; undefined (reported) when one is not. */
export function readTexts(
  reader: CrewFileReader,
  { key, value }: Field,
  what: string,
  { expected, example }: { expected: string; example: string },
  isGood: (text: string) => boolean,
): string[] | undefined {
  const items = isSeq(value) ? value.items.map((item) => reader.follow(item)) : [value];
  const texts = items.map((item) =>
    isScalar(item) && typeof item.value === 'string' ? item.value : undefined,
  );
  const wrong = texts.findIndex((text) => text === undefined || !isGood(text));
  if (wrong < 0 && texts.length > 0) return texts as string[];
  const item: Node | null = items[wrong] ?? null;
  const found = isSeq(value) && items.length === 0 ? 'an empty list' : describe(item);
  reader.report(
    item ?? value ?? key,
    `${what} must be ${expected}, not ${found}.`,
    `Write for example "${example}".`,
  );
  return undefined;
}
