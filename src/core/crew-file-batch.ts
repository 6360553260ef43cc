/** One batch of a crew file. */
import { isMap, isScalar, isSeq } from 'yaml';
import { suggestName } from './closest-name.ts';
import { definitionHash } from './crew-file-definition.ts';
import { MAX_ATTEMPTS } from './crew-file-pool.ts';
import { describe, type CrewFileReader, type Field } from './crew-file-reader.ts';
import { BATCH_SOURCES, everyJobHas, readSource, type CrewBatchSource } from './crew-file-source.ts';
import type { CrewFileValues } from './crew-file-value.ts';
import type { DrillCheck } from './drill.ts';
import { DURATION } from './crew-file-measures.ts';
import type { Parameters } from './job.ts';
import type { PoolSettings } from './pool.ts';

export interface CrewBatch {
  name: string;
  pool: string;
  /** The handler in the worker. Default `run`. */
  task: string;
  /** Higher first. Default 0. */
  priority: number;
  /** Default: the pool's. */
  attempts?: number;
  /** Seconds for each attempt. Default: the pool's. */
  timeout?: number;
  /** Parameters that must equal the worker's labels of the same name. */
  match: string[];
  /** Base values for every job; what the source gives stands over them. */
  parameters: Parameters;
  source: CrewBatchSource;
  /** What a drill expects of the results, beside that they are there. */
  check?: DrillCheck;
  /**
   * Equal for batches that make the same jobs: pool, task, parameters and source. How they are run (priority,
   * attempts, timeout, match) is left out, so that a longer timeout does not repeat what is done. Of a CSV or
   * JSONL file only the path is in it: the caller, who reads the file, adds its content.
   */
  definition: string;
  /** Of its name in the crew file, from 1. */
  line: number;
}

const BATCH_SETTINGS = [
  'pool',
  'task',
  ...BATCH_SOURCES,
  'parameters',
  'priority',
  'attempts',
  'timeout',
  'match',
  'check',
];
const MAX_PRIORITY = 1_000_000;

/** What a batch may refer to. */
export interface BatchSurroundings {
  /** Absolute path of the crew file: relative paths start from its folder. */
  file: string;
  /** Every pool's name, of damaged ones too: one mistake is reported once. */
  poolNames: readonly string[];
  pools: readonly PoolSettings[];
}

/** The batch, or undefined when something in it is damaged (reported). */
export function readBatch(
  reader: CrewFileReader,
  values: CrewFileValues,
  batch: Field,
  surroundings: BatchSurroundings,
): CrewBatch | undefined {
  const what = `Batch "${batch.name}"`;
  const problemsBefore = reader.problems.length;
  const fields = reader.fields(batch, what, BATCH_SETTINGS);
  if (fields === undefined) return undefined;
  const read = <Value>(name: string, reading: (field: Field, what: string) => Value): Value | undefined => {
    const field = fields.get(name);
    return field && reading(field, `${what}: ${name}`);
  };
  const pool = readPoolName(reader, batch, fields.get('pool'), what, surroundings.poolNames);
  const task = read('task', (field, name) => reader.text(field, name)) ?? 'run';
  const priority = read('priority', (field, name) =>
    reader.integer(field, name, -MAX_PRIORITY, MAX_PRIORITY),
  );
  const attempts = read('attempts', (field, name) => reader.integer(field, name, 1, MAX_ATTEMPTS));
  const timeout = read('timeout', (field, name) => reader.measure(field, name, DURATION));
  const parameters = read('parameters', (field, name) => values.parameters(field, name)) ?? {};
  const source = readSource(reader, values, batch, fields, what, surroundings.file);
  const match = read('match', (field, name) => readMatch(reader, field, name)) ?? [];
  const check = read('check', (field, name) => readCheck(reader, field, name));
  if (reader.problems.length > problemsBefore || pool === undefined || source === undefined) return undefined;

  reportOverlap(reader, fields.get('parameters'), source, parameters, what);
  const settings = surroundings.pools.find((candidate) => candidate.name === pool);
  reportUnmatchable(reader, fields.get('match'), match, what, { settings, source, parameters });
  if (reader.problems.length > problemsBefore) return undefined;
  return {
    name: batch.name,
    pool,
    task,
    priority: priority ?? 0,
    ...(attempts === undefined ? {} : { attempts }),
    ...(timeout === undefined ? {} : { timeout }),
    match,
    parameters,
    source,
    ...(check ? { check } : {}),
    definition: definitionHash({ pool, task, parameters, source }),
    line: reader.position(batch.key).line,
  };
}

function readPoolName(
  reader: CrewFileReader,
  batch: Field,
  field: Field | undefined,
  what: string,
  known: readonly string[],
): string | undefined {
  if (field === undefined) {
    reader.report(batch.key, `${what} names no pool.`, suggestion(known));
    return undefined;
  }
  const pool = reader.text(field, `${what}: pool`);
  if (pool === undefined || known.includes(pool)) return pool;
  reader.report(
    field.value ?? field.key,
    `${what} is for the pool "${pool}", which is not in this file.`,
    suggestName(pool, known) ?? 'Describe the pool under "pools:".',
  );
  return undefined;
}

function suggestion(pools: readonly string[]): string {
  return pools.length === 0
    ? 'Describe a pool under "pools:" and name it here.'
    : `Add "pool: ${pools[0]!}".`;
}

function readMatch(reader: CrewFileReader, field: Field, what: string): string[] {
  const items = isSeq(field.value) ? field.value.items.map((item) => reader.follow(item)) : undefined;
  if (items === undefined) {
    const place = field.value ?? field.key;
    reader.report(
      place,
      `${what} must be a list of parameter names, not ${describe(field.value)}.`,
      isScalar(field.value)
        ? `Write a list: match: [${String(field.value.value)}].`
        : 'Write for example "match: [domain]".',
    );
    return [];
  }
  const names = items.flatMap((value) => reader.text({ ...field, value }, `${what}: each entry`) ?? []);
  return [...new Set(names)];
}

function readCheck(reader: CrewFileReader, field: Field, what: string): DrillCheck | undefined {
  if (isMap(field.value)) {
    const pattern = reader.fields(field, what, ['matches'])?.get('matches');
    const matches = pattern && reader.text(pattern, `${what}: matches`);
    if (!pattern)
      reader.report(field.key, `${what} says nothing to check.`, 'Add "matches:", a regular expression.');
    if (matches === undefined || isPattern(matches)) return matches === undefined ? undefined : { matches };
    reader.report(
      pattern!.value ?? field.key,
      `${what}: matches is no regular expression: ${matches}`,
      'Put "\\" before each of ( ) [ ] { } . * + ? | ^ $ that is meant as it stands.',
    );
    return undefined;
  }
  if (isScalar(field.value) && field.value.value === 'same') return 'same';
  reader.report(
    field.value ?? field.key,
    `${what} must be "same" or { matches: a regular expression }, not ${describe(field.value)}.`,
    'Write "check: same" for results that must be alike each time, or for example "check: { matches: ^ok }".',
  );
  return undefined;
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

/** A value that an axis always covers is a mistake: one of the two was meant to be something else. */
function reportOverlap(
  reader: CrewFileReader,
  field: Field | undefined,
  source: CrewBatchSource,
  parameters: Parameters,
  what: string,
): void {
  if (field === undefined || !('matrix' in source)) return;
  const both = Object.keys(parameters).find((name) => name in source.matrix);
  if (both === undefined) return;
  reader.report(
    field.key,
    `${what} has "${both}" in its parameters and as an axis of its matrix.`,
    'Keep one.',
  );
}

const LABEL_STEP = 'Give the workers of the pool labels: workers: { name: [value] }.';

/** A job whose match can never be met would wait for ever. */
function reportUnmatchable(
  reader: CrewFileReader,
  field: Field | undefined,
  match: readonly string[],
  what: string,
  batch: { settings: PoolSettings | undefined; source: CrewBatchSource; parameters: Parameters },
): void {
  if (field === undefined) return;
  for (const name of match) {
    const labels = batch.settings?.labels && Object.keys(batch.settings.labels);
    if (labels && !labels.includes(name)) {
      const message = `${what} matches by "${name}", but no worker of pool "${batch.settings!.name}" has that label.`;
      reader.report(field.value ?? field.key, message, suggestName(name, labels) ?? LABEL_STEP);
    } else if (!everyJobHas(name, batch.source, batch.parameters)) {
      const message = `${what} matches by "${name}", but not every job has a parameter of that name.`;
      reader.report(
        field.value ?? field.key,
        message,
        'Add it to the parameters, or remove it from "match".',
      );
    }
  }
}
