/**
 * JSON Schemas (2020-12, as OpenAPI 3.1 takes them) that stand beside the types they describe. `describes<Type>()` does not
 * compile when a member is missing, is one too many, or is optional in only one of the two.
 */
export type Schema = Readonly<Record<string, unknown>>;

/** A schema of values of this type. */
export interface Described<Type> extends Schema {
  /** Never there; carries the type. */
  readonly [DESCRIBED]?: Type;
}
declare const DESCRIBED: unique symbol;

/** A member that may be missing. */
interface Optional {
  readonly optional: Schema;
}

type Members<Type> = {
  readonly [Name in keyof Type]-?: Record<never, never> extends Pick<Type, Name> ? Optional : Schema;
};

/** `closed`: nothing else may be there; for what comes in. What goes out may grow with later versions. */
export function describes<Type>(
  members: Members<Type>,
  { closed = false, ...more }: { closed?: boolean; description?: string } = {},
): Described<Type> {
  const entries = Object.entries<Schema | Optional>(members);
  const required = entries.filter(([, member]) => !isOptional(member)).map(([name]) => name);
  return {
    ...more,
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([name, member]) => [name, isOptional(member) ? member.optional : member]),
    ),
    ...(required.length > 0 ? { required } : {}),
    ...(closed ? { additionalProperties: false } : {}),
  };
}

export function optional(schema: Schema): Optional {
  return { optional: schema };
}

function isOptional(member: Schema | Optional): member is Optional {
  return 'optional' in member;
}

const named = new Map<string, Schema>();

/** Puts the schema under `#/components/schemas/` and stands for it. */
export function component<Type>(name: string, schema: Described<Type>): Described<Type> {
  if (named.has(name)) throw new Error(`There are two schemas ${name}.`);
  named.set(name, schema);
  return { $ref: `#/components/schemas/${name}` };
}

/** All that `component` was given. */
export function components(): Record<string, Schema> {
  return Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const about = (description: string | undefined): Schema => (description ? { description } : {});

export const text = (description?: string, limits: Schema = {}): Schema => ({
  type: 'string',
  ...limits,
  ...about(description),
});
export const flag = (description?: string): Schema => ({ type: 'boolean', ...about(description) });
export const amount = (description?: string): Schema => ({ type: 'number', ...about(description) });
/** What JavaScript counts exactly. */
export const whole = (description?: string, limits: Schema = {}): Schema => ({
  type: 'integer',
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  ...limits,
  ...about(description),
});
export const time = (description = 'Milliseconds since 1970.'): Schema => ({ type: 'number', description });
export const anything = (description?: string): Schema => ({ ...about(description) });
export const listOf = (items: Schema, description?: string): Schema => ({
  type: 'array',
  items,
  ...about(description),
});
export const oneOf = (values: readonly string[], description?: string): Schema => ({
  type: 'string',
  enum: values,
  ...about(description),
});
export const mapOf = (values: Schema, description?: string): Schema => ({
  type: 'object',
  additionalProperties: values,
  ...about(description),
});
export const orNull = (schema: Schema): Schema => ({ ...schema, type: [schema['type'], 'null'] });
