/** One pool of a crew file. */
import parseWords from 'string-argv';
import { isMap, isScalar, isSeq } from 'yaml';
import { BYTE_SIZE, CPUS, DURATION, DURATION_OR_NONE, HEARTBEAT } from './crew-file-measures.ts';
import { readAutoRestart, readHealth, readOutputs } from './crew-file-health.ts';
import { readMatrix } from './crew-file-matrix.ts';
import { readRamp } from './crew-file-ramp.ts';
import { describe, type CrewFileReader, type Field } from './crew-file-reader.ts';
import type { CrewFileValues } from './crew-file-value.ts';
import { axisLength, matrixEntry, matrixSize, type Matrix } from './matrix.ts';
import { DEFAULT_CLEANUP_AGE_SECONDS } from './settings.ts';
import { DEFAULT_ATTEMPTS, DEFAULT_GRACE_SECONDS, type PoolDefaults, type PoolSettings } from './pool.ts';

const POOL_SETTINGS = [
  'command',
  'run',
  'workers',
  'memory',
  'cpus',
  'gpus',
  'timeout',
  'attempts',
  'backoff',
  'backoffMax',
  'heartbeat',
  'startup',
  'grace',
  'cleanup',
  'env',
  'health',
  'outputs',
  'autoRestart',
  'ramp',
] as const;

const IN_A_BATCH = 'It belongs to a batch: write it below a name under "batches:", together with "pool:".';
const BESIDE = 'Write it at the start of a line, beside "pools:".';
const ELSEWHERE: Record<string, string> = {
  ...Object.fromEntries(
    ['matrix', 'csv', 'jsonl', 'jobs', 'parameters', 'priority', 'task', 'match', 'check'].map((name) => [
      name,
      IN_A_BATCH,
    ]),
  ),
  ...Object.fromEntries(['batches', 'alerts', 'retention'].map((name) => [name, BESIDE])),
};

/** A slip of the keyboard (`workers: 4000`) should not become as many processes. */
export const MAX_WORKERS_IN_POOL = 1_000;
export const MAX_ATTEMPTS = 1_000;
const MAX_GPUS = 64;

/** The pool, or undefined when something in it is damaged (reported). */
export function readPool(
  reader: CrewFileReader,
  values: CrewFileValues,
  pool: Field,
  defaults: PoolDefaults,
  written: Record<string, string[]>,
): PoolSettings | undefined {
  const what = `Pool "${pool.name}"`;
  if (isScalar(pool.value) && POOL_SETTINGS.some((name) => name === pool.name)) {
    reader.report(
      pool.key,
      `"${pool.name}" stands beside the pools, not in one.`,
      'Indent it further than the name of its pool.',
    );
    return undefined;
  }
  const problemsBefore = reader.problems.length;
  const fields = reader.fields(pool, what, POOL_SETTINGS, ELSEWHERE);
  if (fields === undefined) return undefined;
  written[pool.name] = [...fields.keys()];
  const seconds = (name: 'timeout' | 'startup' | 'grace' | 'cleanup', otherwise: number): number => {
    const field = fields.get(name);
    const read = field && reader.measure(field, `${what}: ${name}`, DURATION);
    return read ?? otherwise;
  };
  const beat = fields.get('heartbeat');
  const cleanup = fields.get('cleanup');
  const optional = (name: 'backoff' | 'backoffMax'): Partial<PoolSettings> => {
    const field = fields.get(name);
    const read = field && reader.measure(field, `${what}: ${name}`, DURATION_OR_NONE);
    return read === undefined ? {} : { [name]: read };
  };
  const attempts = fields.get('attempts');
  const workersField = fields.get('workers');
  const workers = readWorkers(reader, values, workersField, what);
  const isSound = workersField !== undefined && reader.problems.length === problemsBefore;
  const { ramp } = readRamp(
    reader,
    fields.get('ramp'),
    what,
    isSound ? workers.workers : undefined,
    MAX_WORKERS_IN_POOL,
  );
  const settings: PoolSettings = {
    name: pool.name,
    ...readCommand(reader, pool, fields, what),
    ...workers,
    ...(ramp ? { workers: ramp.steps.at(-1)!.workers, ramp } : {}),
    ...readMemory(reader, fields.get('memory'), what),
    ...readSlots(reader, fields, what),
    timeout: seconds('timeout', defaults.timeout),
    attempts:
      (attempts && reader.integer(attempts, `${what}: attempts`, 1, MAX_ATTEMPTS)) ?? DEFAULT_ATTEMPTS,
    ...optional('backoff'),
    ...optional('backoffMax'),
    env: readEnvironment(reader, fields.get('env'), what),
    heartbeat: (beat && reader.measure(beat, `${what}: heartbeat`, HEARTBEAT)) ?? defaults.heartbeat,
    startup: seconds('startup', defaults.startup),
    grace: seconds('grace', DEFAULT_GRACE_SECONDS),
    ...(cleanup ? { cleanup: seconds('cleanup', DEFAULT_CLEANUP_AGE_SECONDS) } : {}),
    ...readHealth(reader, fields.get('health'), what),
    ...readOutputs(reader, fields.get('outputs'), what),
    ...readAutoRestart(reader, fields.get('autoRestart'), what),
  };
  return reader.problems.length > problemsBefore ? undefined : settings;
}

function readCommand(
  reader: CrewFileReader,
  pool: Field,
  fields: Map<string, Field>,
  what: string,
): Pick<PoolSettings, 'command' | 'protocol'> {
  const command = fields.get('command');
  const run = fields.get('run');
  if (command && run) {
    reader.report(
      run.key,
      `${what} has both "command" and "run".`,
      'Keep "command" for a program that speaks the worker protocol, "run" for any other.',
    );
  } else if (!command && !run) {
    reader.report(
      pool.key,
      `${what} has no command.`,
      'Add "command: python worker.py", or "run: …" for a program that is started once for each job.',
    );
  }
  const field = command ?? run;
  const words = field ? readWords(reader, field, `${what}: ${field.name}`) : [];
  return { command: words, protocol: run && !command ? 'command' : 'worker' };
}

/** An argument list: a YAML list as it stands, or a text split into words without a shell. */
export function readWords(reader: CrewFileReader, field: Field, what: string): string[] {
  if (isSeq(field.value)) {
    const words = field.value.items.map((item) => reader.follow(item));
    const wrong = words.find((word) => word !== null && !isScalar(word)) ?? null;
    if (wrong || words.length === 0) {
      reader.report(
        wrong ?? field.value,
        `${what} must be a list of texts, not ${wrong ? describe(wrong) : 'an empty list'}.`,
        `Write for example "${field.name}: python work.py".`,
      );
    }
    return words.map((word) => (isScalar(word) ? (word.source ?? String(word.value)) : ''));
  }
  const text = reader.text(field, what);
  if (text === undefined) return [];
  if (/^[“”„‘’]/.test(text.trim())) {
    reader.report(field.value ?? field.key, `${what} begins with a typographic quote.`, 'Write " instead.');
  }
  const quote = unclosedQuote(text);
  if (quote !== undefined) {
    reader.report(
      field.value ?? field.key,
      `${what} has a quote ${quote} that is not closed.`,
      'Close it, or write a list.',
    );
  }
  return parseWords(text);
}

/** The quote that is still open at the end of the text, if one is; quotes have no escapes, as in string-argv. */
function unclosedQuote(text: string): string | undefined {
  let open: string | undefined;
  for (const character of text) {
    if (open === undefined && (character === '"' || character === "'")) open = character;
    else if (character === open) open = undefined;
  }
  return open;
}

function readWorkers(
  reader: CrewFileReader,
  values: CrewFileValues,
  field: Field | undefined,
  what: string,
): Pick<PoolSettings, 'workers' | 'labels'> {
  if (field === undefined) return { workers: 1 };
  if (!isMap(field.value)) {
    return { workers: reader.integer(field, `${what}: workers`, 0, MAX_WORKERS_IN_POOL) ?? 1 };
  }
  const matrix = readMatrix(reader, values, field, `${what}: workers`);
  if (matrix === undefined) return { workers: 1 };
  const workers = matrixSize(matrix);
  if (workers > MAX_WORKERS_IN_POOL) {
    reader.report(
      field.key,
      `${what}: the labels make ${workers.toLocaleString('en')} workers; a pool has at most ${MAX_WORKERS_IN_POOL}.`,
      'Shorten an axis of "workers".',
    );
    return { workers: 1 };
  }
  return { workers, labels: asTexts(matrix) };
}

/** Labels are texts, compared with a parameter's value written as text (`routeOf`); ranges are written out. */
function asTexts(matrix: Matrix): Matrix {
  return Object.fromEntries(
    Object.entries(matrix).map(([name, axis]) => [
      name,
      Array.from({ length: axisLength(axis) }, (_, index) =>
        String(matrixEntry({ [name]: axis }, index)[name]),
      ),
    ]),
  );
}

function readMemory(reader: CrewFileReader, field: Field | undefined, what: string): { memory?: number } {
  if (field === undefined) return {};
  const memory = reader.measure(field, `${what}: memory`, BYTE_SIZE);
  return memory === undefined ? {} : { memory };
}

function readSlots(
  reader: CrewFileReader,
  fields: Map<string, Field>,
  what: string,
): Pick<PoolSettings, 'cpus' | 'gpus'> {
  const [cpusField, gpusField] = [fields.get('cpus'), fields.get('gpus')];
  const cpus = cpusField && reader.measure(cpusField, `${what}: cpus`, CPUS);
  const gpus = gpusField && reader.integer(gpusField, `${what}: gpus`, 0, MAX_GPUS);
  return { ...(cpus === undefined ? {} : { cpus }), ...(gpus === undefined ? {} : { gpus }) };
}

function readEnvironment(
  reader: CrewFileReader,
  field: Field | undefined,
  what: string,
): Record<string, string> {
  const env: Record<string, string> = {};
  const entries = field && reader.entries(field, `${what}: env`);
  for (const { name, key, value } of entries?.values() ?? []) {
    if (name === '' || name.includes('=') || name === '__proto__') {
      reader.report(
        key,
        `${what}: "${name}" cannot be the name of an environment variable.`,
        'Write a name of letters, digits and "_", like OMP_NUM_THREADS.',
      );
    } else if (value !== null && !isScalar(value)) {
      reader.report(
        value,
        `${what}: env "${name}" must be a text or a number, not ${describe(value)}.`,
        `Write "${name}: value"; put a value with brackets in quotes.`,
      );
    } else {
      // The text as written: a version "3.10" must not become "3.1".
      env[name] = value === null ? '' : (value.source ?? String(value.value));
    }
  }
  return env;
}
