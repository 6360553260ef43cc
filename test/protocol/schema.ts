/** The schema's definitions as validators. */
import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

interface SchemaFile {
  $id: string;
  $defs: Record<string, Record<string, unknown>>;
}

export const schemaFolder = new URL('../../protocol/schema/', import.meta.url);

const schema = JSON.parse(readFileSync(new URL('protocol.schema.json', schemaFolder), 'utf8')) as SchemaFile;

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictRequired: false });
const annotations = new Set(
  [schema, ...Object.values(schema.$defs), ...(schema.$defs['ErrorCode']!['oneOf'] as object[])].flatMap(
    (definition) => Object.keys(definition).filter((keyword) => keyword.startsWith('x-')),
  ),
);
ajv.addVocabulary([...annotations]);
ajv.addSchema(schema);

/** Names of all definitions. */
export const definitionNames = Object.keys(schema.$defs);

/** The validator of one definition, e.g. `JobRunRequest`. */
export function validatorOf(definition: string): ValidateFunction {
  return ajv.getSchema(`${schema.$id}#/$defs/${definition}`)!;
}

/** Throws when the value does not fit the definition. */
export function assertValid(definition: string, value: unknown): void {
  const validate = validatorOf(definition);
  if (!validate(value)) {
    throw new Error(
      `${JSON.stringify(value).slice(0, 500)} is no ${definition}: ${ajv.errorsText(validate.errors).slice(0, 500)}`,
    );
  }
}
