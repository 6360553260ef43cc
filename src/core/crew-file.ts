/**
 * The crew file (`nightcrew.yaml`): the pools and batches of a workspace. Pure: text in, settings and problems
 * out. What is sound is returned even when something else is not, so that a face can show it; whoever acts on a
 * crew file first refuses one with problems.
 */
import { isMap, LineCounter, parseDocument } from 'yaml';
import type { AlertSettings } from './alert.ts';
import { readAlerts, readRetention } from './crew-file-care.ts';
import { readBatch, type CrewBatch } from './crew-file-batch.ts';
import { warnOfPlaceholders } from './crew-file-placeholders.ts';
import { readPool } from './crew-file-pool.ts';
import { CrewFileReader, type CrewFileProblem, type Field } from './crew-file-reader.ts';
import { syntaxProblems, textProblems } from './crew-file-syntax.ts';
import { CrewFileValues } from './crew-file-value.ts';
import { POOL_DEFAULTS, type PoolDefaults, type PoolSettings } from './pool.ts';
import type { RetentionSettings } from './retention.ts';

export type { CrewBatch } from './crew-file-batch.ts';
export type { CrewFileProblem } from './crew-file-reader.ts';
export type { CrewBatchSource } from './crew-file-source.ts';

/** Stands in the workspace's folder. */
export const CREW_FILE_NAME = 'nightcrew.yaml';

export interface CrewFile {
  pools: PoolSettings[];
  batches: CrewBatch[];
  /** What each pool says itself, by its name; the rest has defaults. */
  written: Record<string, string[]>;
  /** Absent: nobody is told of anything. */
  alerts?: AlertSettings;
  /** Absent: the defaults. */
  retention?: RetentionSettings;
  /** In the order of the file. With any, nothing of the file may be acted upon. */
  problems: CrewFileProblem[];
  /** What is probably not meant, and holds all the same. */
  warnings: CrewFileProblem[];
}

/** `file` is the crew file's absolute path: relative paths in it start from its folder. `defaults` hold for pools that say nothing. */
export function parseCrewFile(text: string, file: string, defaults: PoolDefaults = POOL_DEFAULTS): CrewFile {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // Found by the reader, which can say where the first one is.
    uniqueKeys: false,
    // A seed with 19 digits is reported, not rounded.
    intAsBigInt: true,
  });
  const reader = new CrewFileReader(document, lines);
  const { pools, batches, written, alerts, retention } = readRoot(reader, document.contents, file, defaults);
  const unreadable = textProblems(text);
  const syntax =
    unreadable.length > 0 ? unreadable : syntaxProblems([...document.errors, ...document.warnings], lines);
  // Behind a syntax error the nodes are a guess, and what the reader finds there would only distract.
  const problems = syntax.length > 0 ? syntax : reader.problems;
  return {
    pools,
    batches,
    written,
    ...(alerts ? { alerts } : {}),
    ...(retention ? { retention } : {}),
    problems: problems.sort(inOrder),
    warnings: problems.length > 0 ? [] : reader.warnings.sort(inOrder),
  };
}

function inOrder(left: CrewFileProblem, right: CrewFileProblem): number {
  return left.line - right.line || left.column - right.column;
}

function readRoot(
  reader: CrewFileReader,
  contents: unknown,
  file: string,
  defaults: PoolDefaults,
): Omit<CrewFile, 'problems' | 'warnings'> {
  const value = reader.follow(contents);
  if (value === null) return { pools: [], batches: [], written: {} };
  const root = { name: '', key: value, value };
  // Keys that begin with "x-" hold anchors, as in docker compose.
  const names = isMap(value)
    ? value.items.map((pair) => String(pair.key)).filter((name) => name.startsWith('x-'))
    : [];
  const sections = reader.fields(root, 'The crew file', [
    'pools',
    'batches',
    'alerts',
    'retention',
    ...names,
  ]);
  const values = new CrewFileValues(reader);
  const poolFields = section(reader, sections?.get('pools'), 'pool');
  const written: Record<string, string[]> = {};
  const pools = poolFields.flatMap((field) => readPool(reader, values, field, defaults, written) ?? []);
  const surroundings = { file, pools, poolNames: poolFields.map(({ name }) => name) };
  const batches = section(reader, sections?.get('batches'), 'batch').flatMap(
    (field) => readBatch(reader, values, field, surroundings) ?? [],
  );
  warnOfPlaceholders(reader, poolFields, pools, batches);
  const alerts = readAlerts(reader, sections?.get('alerts'), file);
  const retention = readRetention(reader, sections?.get('retention'));
  return {
    pools,
    batches,
    written,
    ...(alerts ? { alerts } : {}),
    ...(retention ? { retention } : {}),
  };
}

/** The named entries of `pools:` or `batches:`. Names become worker ids and file names, also where case is ignored. */
function section(reader: CrewFileReader, field: Field | undefined, kind: 'pool' | 'batch'): Field[] {
  if (field === undefined) return [];
  const seen = new Map<string, string>();
  return [...(reader.entries(field, `"${field.name}"`)?.values() ?? [])].filter(({ name, key }) => {
    const twin = seen.get(name.toLowerCase());
    seen.set(name.toLowerCase(), name);
    if (!isEntryName(name)) {
      reader.report(key, `"${name}" cannot be the name of a ${kind}.`, ENTRY_NAME_RULE);
    } else if (twin !== undefined) {
      reader.report(key, `The ${kind} names "${twin}" and "${name}" differ only in case.`, 'Rename one.');
    } else return true;
    return false;
  });
}

export const ENTRY_NAME_RULE =
  'A name is up to 64 letters, digits, "-", "_" and ".", beginning with a letter or digit.';

/** Whether a pool or batch may be called so: its name stands in worker ids, log files and result files. */
export function isEntryName(name: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._-]{0,63}$/u.test(name);
}
