/** Values of options as commander hands them over, checked and typed. */
import { InvalidArgumentError } from 'commander';
import { cellValue } from '../core/cell-value.ts';
import { DURATION_EXPECTED, parseDuration } from '../core/duration.ts';

/** A whole number from 1. */
export function positiveInteger(text: string): number {
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number.isSafeInteger(Number(text))) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1.');
}

/** A whole number from 0. */
export function naturalNumber(text: string): number {
  return text === '0' ? 0 : positiveInteger(text);
}

/** A whole number, also below 0. */
export function integer(text: string): number {
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}

/** Seconds. */
export function duration(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds > 0) return seconds;
  throw new InvalidArgumentError(`It must be ${DURATION_EXPECTED}.`);
}

/** `name=value`, repeated; a later value of the same name replaces the earlier one. */
export function collectAssignments(
  text: string,
  earlier: Record<string, string> = {},
): Record<string, string> {
  const [name, value] = splitAssignment(text);
  return { ...earlier, [name]: value };
}

/** `name=value` with the value typed: numbers, true, false, and JSON where it begins like it. */
export function collectParameters(
  text: string,
  earlier: Record<string, unknown> = {},
): Record<string, unknown> {
  const [name, value] = splitAssignment(text);
  return { ...earlier, [name]: parameterValue(value) };
}

/** `name=v1,v2,…`, `name=1..200` or `name=["a, b", "c"]`: the axes of a matrix. A range stays text. */
export function collectAxes(
  text: string,
  earlier: Record<string, unknown[] | string> = {},
): Record<string, unknown[] | string> {
  const [name, value] = splitAssignment(text);
  if (name in earlier) throw new InvalidArgumentError(`The axis "${name}" is given twice.`);
  return { ...earlier, [name]: axisValues(value) };
}

/** Names, separated by commas or repeated. */
export function collectNames(text: string, earlier: string[] = []): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('It must be one or more names.');
  return [...earlier, ...names];
}

function splitAssignment(text: string): [name: string, value: string] {
  const position = text.indexOf('=');
  const name = text.slice(0, position).trim();
  if (position > 0 && name !== '' && name !== '__proto__') return [name, text.slice(position + 1)];
  throw new InvalidArgumentError(`"${text}" is not of the form name=value.`);
}

function axisValues(text: string): unknown[] | string {
  if (/^\s*-?[\d.]*\d\s*\.\.\s*-?\d/.test(text)) return text;
  const json = parseJson(text);
  if (Array.isArray(json)) return json as unknown[];
  if (text.trim() === '') throw new InvalidArgumentError('The axis has no values.');
  return text.split(',').map(parameterValue);
}

function parameterValue(text: string): unknown {
  return parseJson(text) ?? cellValue(text);
}

/** A JSON list, object or quoted text; undefined for what does not begin like one. */
function parseJson(text: string): unknown {
  if (!/^\s*[[{"]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InvalidArgumentError(
      `"${text}" begins like JSON and is none; as a text it needs double quotes inside.`,
    );
  }
}
