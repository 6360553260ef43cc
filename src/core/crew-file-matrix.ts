/** The axes of a matrix: lists of values and ranges such as `1..200`, and how many jobs they may make. */
import { isScalar, isSeq, type Node } from 'yaml';
import { describe, type CrewFileReader, type Field } from './crew-file-reader.ts';
import type { CrewFileValues } from './crew-file-value.ts';
import { isParameterName } from './crew-file-value.ts';
import { axisLength, matrixSize, parseRange, type Matrix, type MatrixAxis } from './matrix.ts';

/** The size that the queue, its views and its counts are built and measured for. */
export const MAX_JOBS_IN_BATCH = 1_000_000;

/** What is wrong with the size of a matrix, in words; undefined when nothing is. */
export function matrixProblem(matrix: Matrix): { message: string; nextStep: string } | undefined {
  const axes = Object.entries(matrix);
  if (axes.length === 0)
    return { message: 'The matrix has no axis.', nextStep: 'Write e.g. { seed: 1..200 }.' };
  const empty = axes.find(([, axis]) => axisLength(axis) === 0);
  if (empty) {
    return { message: `The axis "${empty[0]}" has no values.`, nextStep: 'Give it one, or remove the axis.' };
  }
  const size = matrixSize(matrix);
  if (size <= MAX_JOBS_IN_BATCH) return undefined;
  const product = axes.map(([name, axis]) => `${name} (${count(axisLength(axis))})`).join(' × ');
  return {
    message: `The matrix ${product} makes ${count(size)} jobs; a batch holds at most ${count(MAX_JOBS_IN_BATCH)}.`,
    nextStep: 'Shorten an axis, split the batch, or let one job work through an axis itself.',
  };
}

/** Reads a range written as text. Returns the axis, or what is wrong with it in words. */
function rangeAxis(name: string, text: string): MatrixAxis | { message: string; nextStep: string } {
  const range = parseRange(text);
  if (range === undefined) {
    return {
      message: `"${text}" is no range: a range is whole numbers like 1..200 or 0..100..5, anything else is a list.`,
      nextStep: rangeStep(name, text),
    };
  }
  const { from, to, step } = range;
  if (![from, to, step].every(Number.isSafeInteger)) {
    return {
      message: `The range ${text} has numbers too large to count exactly.`,
      nextStep: 'Write smaller ones, or a list of texts in quotes.',
    };
  }
  if (to >= from) return range;
  const turned = step === 1 ? `${to}..${from}` : `${to}..${from}..${step}`;
  return {
    message: `The range ${text} is empty: ${to} is below ${from}.`,
    nextStep: `Write "${name}: ${turned}".`,
  };
}

/** `1-200` is offered as a range, `1, 2` as a list. */
function rangeStep(name: string, text: string): string {
  const bounds = /^\s*(-?\d+)\s*(?:-|–|:|to|…|\.{3,})\s*(-?\d+)\s*$/i.exec(text);
  if (bounds) return `Write "${name}: ${bounds[1]}..${bounds[2]}", or a list: ${name}: [${text}].`;
  if (text.includes('..'))
    return `Write whole numbers in digits, or all values as a list: ${name}: [1, 2, 5].`;
  return `Write a list: ${name}: [${text}].`;
}

function count(amount: number): string {
  return amount.toLocaleString('en', { maximumFractionDigits: 0 });
}

/** The axes of a `matrix:` (or the labels of `workers:`); undefined when one is damaged (reported). */
export function readMatrix(
  reader: CrewFileReader,
  values: CrewFileValues,
  field: Field,
  what: string,
): Matrix | undefined {
  const problemsBefore = reader.problems.length;
  const axes = reader.entries(field, what);
  if (axes === undefined) return undefined;
  const matrix: Matrix = {};
  for (const { name, key, value } of axes.values()) {
    const axis = readAxis(reader, values, name, key, value);
    if (axis === undefined) continue;
    if (isParameterName(name)) matrix[name] = axis;
    else reader.report(key, `"${name}" cannot be the name of an axis.`, 'Rename it.');
  }
  if (reader.problems.length > problemsBefore) return undefined;
  const problem = matrixProblem(matrix);
  if (problem === undefined) return matrix;
  reader.report(field.value ?? field.key, problem.message, problem.nextStep);
  return undefined;
}

function readAxis(
  reader: CrewFileReader,
  values: CrewFileValues,
  name: string,
  key: Node,
  value: Node | null,
): MatrixAxis | undefined {
  if (isSeq(value)) {
    reportRangesInList(reader, name, value.items);
    return value.items.map((item) => values.value(reader.follow(item), value));
  }
  if (isScalar(value) && typeof value.value === 'string') {
    const axis = rangeAxis(name, value.value);
    if (!('message' in axis)) return axis;
    reader.report(value, `The axis "${name}": ${axis.message}`, axis.nextStep);
    return undefined;
  }
  const place = value ?? key;
  reader.report(
    place,
    `The axis "${name}" must be a list or a range like 1..200, not ${describe(value)}.`,
    isScalar(value)
      ? `Write a list: ${name}: [${String(value.value)}].`
      : `Write for example "${name}: [0.1, 0.2]".`,
  );
  return undefined;
}

/** `[1..5, 9]` would silently make a job with the text "1..5"; quoted, it is what was meant. */
function reportRangesInList(reader: CrewFileReader, name: string, items: unknown[]): void {
  for (const item of items) {
    if (!isScalar(item) || item.type !== 'PLAIN' || typeof item.value !== 'string') continue;
    if (parseRange(item.value) === undefined) continue;
    reader.report(
      item,
      `The axis "${name}" has the range ${item.value} inside a list, where it would be a text.`,
      `Write ${name}: ${item.value} without a list, write the values out, or put the text in quotes.`,
    );
  }
}
