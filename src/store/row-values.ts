/** What stands in a column of JSON text. */
import type { Value } from './database.ts';

/** Undefined for a column that is NULL. */
export function parsed<Content>(text: Value | undefined): Content | undefined {
  return typeof text === 'string' ? (JSON.parse(text) as Content) : undefined;
}
