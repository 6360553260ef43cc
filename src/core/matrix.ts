/**
 * A parameter matrix: every combination of its axes, the last axis turning fastest. Deterministic, so that an
 * event can carry the matrix instead of its jobs.
 */
import type { Parameters } from './job.ts';

/** Axis name to its values. Ranges such as `1..200` are resolved to values when a crew file is read. */
export type Matrix = Record<string, MatrixAxis>;
export type MatrixAxis = unknown[] | IntegerRange;
export interface IntegerRange {
  from: number;
  to: number;
  step: number;
}

function isRange(axis: MatrixAxis): axis is IntegerRange {
  return !Array.isArray(axis);
}

export function axisLength(axis: MatrixAxis): number {
  if (!isRange(axis)) return axis.length;
  return Math.max(0, Math.floor((axis.to - axis.from) / axis.step) + 1);
}

function axisValue(axis: MatrixAxis, index: number): unknown {
  return isRange(axis) ? axis.from + index * axis.step : axis[index];
}

/** How many combinations there are; 0 when an axis is empty or there is none. */
export function matrixSize(matrix: Matrix): number {
  const axes = Object.values(matrix);
  return axes.length === 0 ? 0 : axes.reduce((product, axis) => product * axisLength(axis), 1);
}

/** Combination number `index` (from 0), laid over `base`. */
export function matrixEntry(matrix: Matrix, index: number, base: Parameters = {}): Parameters {
  const names = Object.keys(matrix);
  const entry: Parameters = {};
  let rest = index;
  for (let position = names.length - 1; position >= 0; position--) {
    const name = names[position]!;
    const axis = matrix[name]!;
    const length = axisLength(axis);
    entry[name] = axisValue(axis, rest % length);
    rest = Math.floor(rest / length);
  }
  const ordered: Parameters = { ...base };
  for (const name of names) ordered[name] = entry[name];
  return ordered;
}

/**
 * Reads `from..to` or `from..to..step` (whole numbers, both ends included). Returns undefined for anything else.
 */
export function parseRange(text: string): IntegerRange | undefined {
  const match = /^\s*(-?\d+)\s*\.\.\s*(-?\d+)(?:\s*\.\.\s*(\d+))?\s*$/.exec(text);
  if (!match) return undefined;
  const step = match[3] === undefined ? 1 : Number(match[3]);
  return step === 0 ? undefined : { from: Number(match[1]), to: Number(match[2]), step };
}
