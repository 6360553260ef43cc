/** What several routes take or answer with. */
import { mapOf, text } from './schema.ts';

export const JSON_TYPE = 'application/json';
/** Nothing else may be in it. */
export const CLOSED = { closed: true } as const;
/** Of what has a name. */
export const NAME = { minLength: 1, maxLength: 200 };
export const labelsMember = mapOf(text());
