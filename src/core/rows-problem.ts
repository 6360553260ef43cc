/** What can be wrong with a file of rows, whatever its format. */
import { MAX_JOBS_IN_BATCH } from './crew-file-matrix.ts';
import { quantity } from './quantity.ts';

export interface RowsProblem {
  /** From 1. */
  line: number;
  message: string;
  nextStep?: string;
}

/** A file with one mistake in every row is told by its first ones. */
const MAX_PROBLEMS = 20;

/** A file in another encoding would enqueue jobs with mangled parameters. */
export function encodingProblems(text: string): RowsProblem[] {
  const position = [text.indexOf('\0'), text.indexOf('\uFFFD')].find((index) => index >= 0);
  if (position === undefined) return [];
  const line = text.slice(0, position).split('\n').length;
  return [{ line, message: 'The file is not UTF-8 text.', nextStep: 'Save it as UTF-8.' }];
}

export function emptyFile(format: string, expected: string): RowsProblem {
  return { line: 1, message: 'The file is empty.', nextStep: `A ${format} file begins with ${expected}.` };
}

export function reportTooMany(rows: number, line: number, problems: RowsProblem[]): void {
  if (rows <= MAX_JOBS_IN_BATCH) return;
  const limit = MAX_JOBS_IN_BATCH.toLocaleString('en');
  problems.push({
    line,
    message: `The file has more than ${limit} rows.`,
    nextStep: 'Split it into several batches.',
  });
}

/** The first problems and how many more there are. */
export function shortened(problems: RowsProblem[], unit: string): RowsProblem[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  const more = problems.length - MAX_PROBLEMS;
  const next = problems[MAX_PROBLEMS]!;
  return [
    ...problems.slice(0, MAX_PROBLEMS),
    { line: next.line, message: `${quantity(more, `more ${unit}`)} have problems.` },
  ];
}

export function withoutByteOrderMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
