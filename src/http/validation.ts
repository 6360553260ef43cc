/** Holds what a request brings against the schemas of its route. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { HttpError } from './http-error.ts';
import type { Route } from './route.ts';
import type { Schema } from './schemas/schema.ts';

type Part = 'path' | 'query' | 'body';

export class Validation {
  // One problem is enough to refuse; a body of a million members must not make a million messages.
  readonly #ajv = new Ajv2020({ allErrors: false, strict: true, allowUnionTypes: true });
  readonly #compiled = new WeakMap<Schema, ValidateFunction>();

  constructor(routes: readonly Route[]) {
    // Before the first request, so that none waits for it.
    for (const { parameters, query, body } of routes) {
      for (const schema of [parameters, query, body?.schema]) if (schema) this.#validator(schema);
    }
  }

  path({ parameters: schema }: Route, given: Record<string, string>): unknown {
    return this.#checked('path', schema, typed(schema, new Map(Object.entries(given).map(inList))));
  }

  query({ query: schema }: Route, given: URLSearchParams): unknown {
    const values = Map.groupBy(given, ([name]) => name);
    const lists = [...values].map(([name, pairs]) => [name, pairs.map(([, value]) => value)] as const);
    return this.#checked('query', schema, typed(schema, new Map(lists)));
  }

  body({ body }: Route, given: unknown): unknown {
    if (given === undefined && !body?.required) return undefined;
    return this.#checked('body', body?.schema, given);
  }

  #checked(part: Part, schema: Schema | undefined, value: unknown): unknown {
    if (!schema) {
      const [name] = Object.keys((value ?? {}) as object);
      if (name === undefined) return value;
      throw refusal(part, `/${name}`, 'is not known here');
    }
    const validate = this.#validator(schema);
    if (validate(value)) return value;
    const [error] = validate.errors ?? [];
    throw refusal(part, placeOf(error), wordsOf(error));
  }

  #validator(schema: Schema): ValidateFunction {
    const known = this.#compiled.get(schema);
    if (known) return known;
    const compiled = this.#ajv.compile(schema);
    this.#compiled.set(schema, compiled);
    return compiled;
  }
}

const inList = ([name, value]: [string, string]): [string, string[]] => [name, [value]];

/** Texts as the types their schema names; what cannot be read as such stays a text, and is refused as one. */
function typed(schema: Schema | undefined, given: ReadonlyMap<string, readonly string[]>): unknown {
  const properties = (schema?.['properties'] ?? {}) as Record<string, Schema | undefined>;
  const values: Record<string, unknown> = {};
  for (const [name, texts] of given) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const items = property?.['items'] as Schema | undefined;
    const value = items
      ? texts.map((text) => typedText(items, text))
      : texts.length === 1
        ? typedText(property, texts[0]!)
        : texts;
    // Also for `__proto__`, which is then refused as unknown.
    Object.defineProperty(values, name, { value, enumerable: true });
  }
  return values;
}

function typedText(schema: Schema | undefined, text: string): unknown {
  if (schema?.['type'] === 'integer') return /^-?\d{1,16}$/.test(text) ? Number(text) : text;
  if (schema?.['type'] === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function placeOf(error: ErrorObject | undefined): string {
  const { missingProperty, additionalProperty, propertyName } = (error?.params ?? {}) as Record<
    string,
    string | undefined
  >;
  const name = missingProperty ?? additionalProperty ?? propertyName;
  return (error?.instancePath ?? '') + (name === undefined ? '' : `/${name}`);
}

function wordsOf(error: ErrorObject | undefined): string {
  switch (error?.keyword) {
    case 'required':
      return 'is missing';
    case 'additionalProperties':
      return 'is not known here';
    case 'enum':
      return `must be one of ${(error.params as { allowedValues: unknown[] }).allowedValues.join(', ')}`;
    default:
      return error?.message ?? 'is not what is taken here';
  }
}

function refusal(part: Part, place: string, words: string): HttpError {
  const what = place === '' ? `The ${part}` : place.slice(1, 200).replaceAll('/', '.');
  return new HttpError('badRequest', `${what} ${words}.`, {
    place: `${part}: ${place.slice(0, 200) || '/'}`,
    nextStep: 'GET /openapi.json says what this path takes.',
  });
}
