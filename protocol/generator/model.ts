/** The schema as the generators see it: its messages, error codes, environment and limits, in the order of the file. */
import { readFile } from 'node:fs/promises';
import type { JSONSchema } from 'json-schema-to-typescript';

export type Direction = 'worker-to-supervisor' | 'supervisor-to-worker' | 'both';

/** A schema with the annotations of ours that `$defs` carry. */
export interface Definition extends JSONSchema {
  'x-method'?: string;
  'x-kind'?: 'request' | 'notification';
  'x-direction'?: Direction;
  /** Name of the definition of the message's `params`, or null when it has none. */
  'x-params'?: string | null;
  /** Name of the definition of the answer's `result`. */
  'x-result'?: string;
  'x-name'?: string;
  /** Name of the definition of an error's `data`. */
  'x-data'?: string;
}

export interface MessageModel {
  method: string;
  kind: 'request' | 'notification';
  direction: Direction;
  description: string;
  params: string | undefined;
  result: string | undefined;
}

export interface ErrorModel {
  code: number;
  name: string;
  description: string;
  data: string | undefined;
}

export interface Model {
  version: number;
  schema: Definition;
  definitions: Record<string, Definition>;
  messages: MessageModel[];
  errors: ErrorModel[];
  environment: { name: string; description: string }[];
  limits: { name: string; value: number; description: string }[];
}

/** Reads `schema/protocol.schema.json`. */
export async function readModel(): Promise<Model> {
  const text = await readFile(new URL('../schema/protocol.schema.json', import.meta.url), 'utf8');
  const schema = JSON.parse(text) as Definition;
  const definitions = schema.$defs as Record<string, Definition>;
  return {
    version: schema['x-protocol-version'] as number,
    schema,
    definitions,
    messages: Object.values(definitions).flatMap(messageOf),
    errors: (definitions['ErrorCode']!.oneOf as Definition[]).map((code) => ({
      code: code.const as number,
      name: code['x-name']!,
      description: code.description!,
      data: code['x-data'],
    })),
    environment: schema['x-environment'] as Model['environment'],
    limits: schema['x-limits'] as Model['limits'],
  };
}

function messageOf(definition: Definition): MessageModel[] {
  const { 'x-method': method, 'x-kind': kind, 'x-direction': direction } = definition;
  if (method === undefined || kind === undefined || direction === undefined) return [];
  return [
    {
      method,
      kind,
      direction,
      description: definition.description!,
      params: definition['x-params'] ?? undefined,
      result: definition['x-result'],
    },
  ];
}

/** `job/run` as an identifier: `jobRun`; `$/cancelRequest`: `cancelRequest`. */
export function identifierOf(method: string): string {
  return method.replace(/^\$\//, '').replace(/\/(\w)/g, (_, letter: string) => letter.toUpperCase());
}
