/**
 * Rows of a CSV or JSONL file as parameters of jobs. Pure: text in, rows and problems out; whoever acts on the rows
 * first refuses a file with problems, so that a batch is enqueued whole or not at all.
 */
import { CsvError, parse } from 'csv-parse/sync';
import { MAX_JOBS_IN_BATCH } from './crew-file-matrix.ts';
import { isParameterName } from './crew-file-value.ts';
import { cellValue } from './cell-value.ts';
import type { Parameters } from './job.ts';
import {
  emptyFile,
  encodingProblems,
  reportTooMany,
  shortened,
  withoutByteOrderMark,
  type RowsProblem,
} from './rows-problem.ts';
import { quantity } from './quantity.ts';

export type { RowsProblem } from './rows-problem.ts';

export interface Rows {
  /** The sound ones. */
  rows: Parameters[];
  problems: RowsProblem[];
}

/**
 * The first line names the parameters. Values are typed by what they look like (`cellValue`), quoted or not: most
 * programs that write CSV quote by habit. `file` is used only to tell tab-separated files (`.tsv`).
 */
export function parseCsv(text: string, file: string): Rows {
  const problems = encodingProblems(text);
  if (problems.length > 0) return { rows: [], problems };
  let records: CsvRecord[];
  try {
    records = readRecords(text, file.toLowerCase().endsWith('.tsv') ? '\t' : ',');
  } catch (error) {
    if (error instanceof CsvError) return { rows: [], problems: [csvProblem(error, text)] };
    throw error;
  }
  const [header, ...body] = records;
  if (header === undefined) return { rows: [], problems: [emptyFile('CSV', 'the names of the parameters')] };
  const names = header.record.map((name) => name.trim());
  reportHeader(names, header.line, problems);
  if (problems.length > 0) return { rows: [], problems };
  if (body.length === 0) problems.push({ line: header.line, message: 'The file has a header and no rows.' });
  reportTooMany(body.length, body.at(-1)?.line ?? 1, problems);
  const rows: Parameters[] = [];
  for (const { record, line } of body) {
    if (record.length === names.length) rows.push(asParameters(names, record));
    else {
      const message = `The row has ${quantity(record.length, 'value')}, the header names ${quantity(names.length, 'parameter')}.`;
      problems.push({
        line,
        message,
        nextStep: 'A value that holds a separator must stand in double quotes.',
      });
    }
  }
  return { rows, problems: shortened(problems, 'row') };
}

/** One JSON object a line; empty lines are skipped. */
export function parseJsonl(text: string, _file: string): Rows {
  const problems = encodingProblems(text);
  if (problems.length > 0) return { rows: [], problems };
  const rows: Parameters[] = [];
  let line = 0;
  for (const content of withoutByteOrderMark(text).split('\n')) {
    line += 1;
    if (content.trim() === '') continue;
    const row = parseLine(content, line);
    if ('problem' in row) problems.push(row.problem);
    else rows.push(row.parameters);
  }
  if (rows.length === 0 && problems.length === 0)
    problems.push(emptyFile('JSONL', 'an object, e.g. {"seed": 1}'));
  reportTooMany(rows.length, line, problems);
  return { rows, problems: shortened(problems, 'line') };
}

interface CsvRecord {
  record: string[];
  /** Where it begins, from 1. */
  line: number;
}

function readRecords(text: string, delimiter: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  parse(withoutByteOrderMark(text), {
    delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    // One more than may be, to know that there is more, and the header.
    to: MAX_JOBS_IN_BATCH + 2,
    // Kept here and not by the parser, which would keep an account of each of a million beside it.
    on_record: (record: string[], { lines }) => {
      const breaks = record.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);
      records.push({ record, line: lines - breaks });
      return null;
    },
  });
  return records;
}

function asParameters(names: string[], cells: string[]): Parameters {
  const parameters: Parameters = {};
  names.forEach((name, index) => (parameters[name] = cellValue(cells[index]!)));
  return parameters;
}

function reportHeader(names: string[], line: number, problems: RowsProblem[]): void {
  const [only] = names;
  if (names.length === 1 && /[;\t]/.test(only!)) {
    const separator = only!.includes(';') ? 'semicolons' : 'tabs';
    const nextStep = 'Save it with commas between the values, or as a .tsv file with tabs.';
    problems.push({ line, message: `The values are separated by ${separator}, not by commas.`, nextStep });
    return;
  }
  names.forEach((name, index) => {
    const column = `Column ${index + 1}`;
    if (name === '') {
      problems.push({ line, message: `${column} has no name.`, nextStep: 'Name it, or remove the column.' });
    } else if (!isParameterName(name)) {
      problems.push({ line, message: `"${name}" cannot be the name of a parameter.` });
    } else if (names.indexOf(name) < index) {
      problems.push({
        line,
        message: `Columns ${names.indexOf(name) + 1} and ${index + 1} have the same name "${name}".`,
        nextStep: 'Rename one.',
      });
    }
  });
}

const CSV_MESSAGES: Record<string, { message: string; nextStep: string }> = {
  CSV_QUOTE_NOT_CLOSED: {
    message: 'A quote is opened and never closed.',
    nextStep: 'Close it where the value ends.',
  },
  INVALID_OPENING_QUOTE: {
    message: 'A quote stands in the middle of a value.',
    nextStep: 'Put the whole value in double quotes and write the quote inside twice.',
  },
  CSV_INVALID_CLOSING_QUOTE: {
    message: 'Something stands behind the closing quote of a value.',
    nextStep: 'Write a quote inside a quoted value twice.',
  },
};

function csvProblem(error: CsvError, text: string): RowsProblem {
  const reached = typeof error['lines'] === 'number' ? error['lines'] : 1;
  const line = error.code === 'CSV_QUOTE_NOT_CLOSED' ? lastOpenedQuote(text) : reached;
  return { line, ...(CSV_MESSAGES[error.code] ?? { message: `This is not valid CSV: ${error.message}` }) };
}

/** The line of the quote that is still open at the end: the parser only says that it came to the end. */
function lastOpenedQuote(text: string): number {
  let open = false;
  let position = 0;
  for (let quote = text.indexOf('"'); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    open = !open;
    if (open) position = quote;
  }
  return text.slice(0, position).split('\n').length;
}

function parseLine(content: string, line: number): { parameters: Parameters } | { problem: RowsProblem } {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    const nextStep = /\b(NaN|Infinity)\b/.test(content)
      ? 'NaN and Infinity are not JSON: write null or a text.'
      : undefined;
    const message = `The line is not valid JSON: ${jsonReason(error as SyntaxError)}.`;
    return { problem: { line, message, ...(nextStep === undefined ? {} : { nextStep }) } };
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    const kind = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
    return {
      problem: { line, message: `The line is ${kind}, not an object.`, nextStep: 'Write e.g. {"seed": 1}.' },
    };
  }
  const digits = roundedInteger(content);
  if (digits !== undefined) {
    const message = `${digits} has too many digits for a number.`;
    return { problem: { line, message, nextStep: `Write it as text: "${digits}".` } };
  }
  const wrong = Object.keys(value).find((name) => !isParameterName(name));
  if (wrong !== undefined)
    return { problem: { line, message: `"${wrong}" cannot be the name of a parameter.` } };
  return { parameters: value as Parameters };
}

/** V8's reason without its copy of the line, which a researcher has at hand. */
function jsonReason(error: SyntaxError): string {
  return error.message
    .replace(/, .* is not valid JSON$/s, '')
    .replace(/ in JSON at position (\d+).*$/s, ' at character $1');
}

/** An integer of the line that a number would not give back, if there is one. Most lines need no second look. */
function roundedInteger(content: string): string | undefined {
  if (!/\d{16}/.test(content)) return undefined;
  const withoutTexts = content.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const integers = withoutTexts.match(/(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g) ?? [];
  return integers.find((digits) => !Number.isSafeInteger(Number(digits)));
}
