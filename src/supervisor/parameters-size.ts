/**
 * Whether a job's parameters are too large. They go to its worker in one message, stay in memory while it is among the next, and are
 * shown in lists.
 */
import type { BatchSource } from '../core/events.ts';
import type { MatrixAxis } from '../core/matrix.ts';
import { Limit } from '../protocol/generated/messages.ts';

/** The first job, or the largest of a matrix, that has too much: `Job 3`, `has parameters of …`. */
export function parametersProblem(source: BatchSource): { job: string; has: string } | undefined {
  if ('matrix' in source) {
    const axes = Object.entries(source.matrix).map(([name, axis]) => jsonBytes(name) + largestValue(axis));
    const size = axes.reduce((sum, bytes) => sum + bytes, jsonBytes(source.base ?? {}));
    return size > Limit.parameters
      ? { job: 'The largest job', has: describe('would have', size) }
      : undefined;
  }
  for (const [index, row] of source.rows.entries()) {
    const size = jsonBytes(row);
    if (size > Limit.parameters) return { job: `Job ${index + 1}`, has: describe('has', size) };
  }
  return undefined;
}

function largestValue(axis: MatrixAxis): number {
  if (!Array.isArray(axis)) return 0;
  return axis.reduce<number>((largest, value) => Math.max(largest, jsonBytes(value)), 0);
}

function jsonBytes(value: unknown): number {
  const json = JSON.stringify(value) ?? '';
  // A character has at most three bytes; most values are far from the limit.
  return json.length * 3 <= Limit.parameters ? json.length : Buffer.byteLength(json);
}

function describe(verb: string, size: number): string {
  const [bytes, most] = [size, Limit.parameters].map((count) => count.toLocaleString('en'));
  return `${verb} parameters of ${bytes} bytes; at most ${most} are taken.`;
}
