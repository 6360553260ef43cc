/** Where the jobs of a batch come from: a matrix, a file of rows, or a list in the crew file itself. */
import { dirname, resolve } from 'node:path';
import { isSeq } from 'yaml';
import { MAX_JOBS_IN_BATCH, readMatrix } from './crew-file-matrix.ts';
import { describe, type CrewFileReader, type Field } from './crew-file-reader.ts';
import type { CrewFileValues } from './crew-file-value.ts';
import type { Parameters } from './job.ts';
import type { Matrix } from './matrix.ts';

export type CrewBatchSource =
  | { matrix: Matrix }
  /** Absolute path. */
  | { csv: string }
  /** Absolute path. */
  | { jsonl: string }
  | { jobs: Parameters[] };

/** The settings of a batch of which it has exactly one. */
export const BATCH_SOURCES = ['matrix', 'csv', 'jsonl', 'jobs'] as const;

/** The source of a batch, `file` being the absolute path of the crew file; undefined when damaged (reported). */
export function readSource(
  reader: CrewFileReader,
  values: CrewFileValues,
  batch: Field,
  fields: Map<string, Field>,
  what: string,
  file: string,
): CrewBatchSource | undefined {
  const [source, second] = BATCH_SOURCES.flatMap((name) => fields.get(name) ?? []);
  if (source === undefined) {
    reader.report(
      batch.key,
      `${what} has no jobs.`,
      'Add one of: matrix: { seed: 1..200 }, csv: file.csv, jsonl: file.jsonl, jobs: [{ seed: 1 }].',
    );
    return undefined;
  }
  if (second !== undefined) {
    reader.report(
      second.key,
      `${what} has both "${source.name}" and "${second.name}".`,
      'Keep one, or make two batches.',
    );
    return undefined;
  }
  const name = `${what}: ${source.name}`;
  if (source.name === 'matrix') {
    const matrix = readMatrix(reader, values, source, name);
    return matrix && { matrix };
  }
  if (source.name === 'jobs') {
    const jobs = readJobs(reader, values, source, name);
    return jobs && { jobs };
  }
  const path = reader.text(source, name);
  if (path === undefined) return undefined;
  const absolute = resolve(dirname(file), path);
  return source.name === 'csv' ? { csv: absolute } : { jsonl: absolute };
}

function readJobs(
  reader: CrewFileReader,
  values: CrewFileValues,
  field: Field,
  what: string,
): Parameters[] | undefined {
  const list = field.value;
  const place = list ?? field.key;
  if (!isSeq(list) || list.items.length === 0) {
    const found = isSeq(list) ? 'an empty list' : describe(list);
    reader.report(
      place,
      `${what} must be a list of parameters, like [{ seed: 1 }, { seed: 2 }], not ${found}.`,
      'Write one { name: value } for each job, or "matrix:" for all combinations.',
    );
    return undefined;
  }
  if (list.items.length > MAX_JOBS_IN_BATCH) {
    reader.report(
      place,
      `${what} has more than ${MAX_JOBS_IN_BATCH.toLocaleString('en')} jobs.`,
      'Split the batch.',
    );
    return undefined;
  }
  return list.items.map((item, index) => {
    const value = reader.follow(item);
    return (
      values.parameters({ name: String(index), key: value ?? list, value }, `${what}, job ${index + 1}`) ?? {}
    );
  });
}

/** Whether a parameter is there for every job; the rows of a file are checked by whoever reads it. */
export function everyJobHas(name: string, source: CrewBatchSource, parameters: Parameters): boolean {
  if (name in parameters) return true;
  if ('matrix' in source) return name in source.matrix;
  return 'jobs' in source ? source.jobs.every((job) => name in job) : true;
}
