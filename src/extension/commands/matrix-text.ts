/**
 * A parameter matrix as it is typed into one line: `alpha=0.1,0.2 seed=1..200`. Each axis is a name, `=`, and values
 * separated by commas or a range; a value with a blank or a comma stands in quotes and is text.
 */
import { cellValue } from '../../core/cell-value.ts';
import { axisLength, parseRange, type MatrixAxis } from '../../core/matrix.ts';

/** What the control API takes: values as lists, ranges as text. */
export type TypedMatrix = Record<string, unknown[] | string>;

export type MatrixReading = { matrix: TypedMatrix; count: number } | { problem: string };

export function readMatrixText(text: string): MatrixReading {
  const matrix: TypedMatrix = {};
  let count = 1;
  let rest = text.trim();
  if (rest === '') return { problem: 'Enter at least one axis, such as seed=1..200.' };
  while (rest !== '') {
    const axis = readAxis(rest);
    if ('problem' in axis) return axis;
    if (Object.hasOwn(matrix, axis.name)) return { problem: `The axis ${axis.name} stands there twice.` };
    matrix[axis.name] = axis.values;
    count *= lengthOf(axis.values);
    rest = axis.rest;
  }
  return { matrix, count };
}

interface Axis {
  name: string;
  values: unknown[] | string;
  rest: string;
}

function readAxis(text: string): Axis | { problem: string } {
  const head = /^([^\s=,"']+)\s*=\s*/.exec(text);
  if (!head) return { problem: `"${firstWord(text)}" should be an axis: a name, "=", and its values.` };
  const name = head[1]!;
  let rest = text.slice(head[0].length);
  const values: unknown[] = [];
  let range: string | undefined;
  for (;;) {
    const value = /^(?:"([^"]*)"|'([^']*)'|([^\s,"']+))\s*(,?)\s*/.exec(rest);
    if (!value) return { problem: valueProblem(name, rest) };
    const [whole, doubleQuoted, singleQuoted, bare, comma] = value;
    rest = rest.slice(whole.length);
    if (bare !== undefined && parseRange(bare)) range = bare;
    values.push(doubleQuoted ?? singleQuoted ?? cellValue(bare!));
    if (comma === '') break;
  }
  if (range === undefined) return { name, values, rest };
  if (values.length > 1)
    return { problem: `The range ${range} of ${name} must stand alone, without other values.` };
  if (lengthOf(range) === 0) return { problem: `The range ${range} of ${name} is empty: it counts upwards.` };
  return { name, values: range, rest };
}

function valueProblem(name: string, rest: string): string {
  return /^["']/.test(rest)
    ? `The quote ${rest[0]} in ${name} is not closed.`
    : `The axis ${name} lacks a value.`;
}

function lengthOf(values: unknown[] | string): number {
  const axis: MatrixAxis = typeof values === 'string' ? parseRange(values)! : values;
  return axisLength(axis);
}

function firstWord(text: string): string {
  return text.split(/\s/, 1)[0]!;
}
