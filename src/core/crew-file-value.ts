/** Parameter values of a crew file as JSON carries them: what a worker gets is exactly what stands there. */
import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { describe, type CrewFileReader, type Field } from './crew-file-reader.ts';
import type { Parameters } from './job.ts';

/** Nobody nests parameters deeper; an alias inside its own anchor does. */
const MAX_DEPTH = 50;

/** Aliases of aliases ("billion laughs") make a huge document of a small file; no honest crew file gets here. */
const MAX_VALUES = 2_000_000;

export class CrewFileValues {
  readonly #reader: CrewFileReader;
  #count = 0;

  constructor(reader: CrewFileReader) {
    this.#reader = reader;
  }

  /** A mapping of parameter names to values, or undefined when it is none (reported). */
  parameters(field: Field, what: string): Parameters | undefined {
    const entries = this.#reader.entries(field, what);
    if (entries === undefined) return undefined;
    const parameters: Parameters = {};
    for (const { name, key, value } of entries.values()) {
      if (!isParameterName(name))
        this.#reader.report(key, `"${name}" cannot be the name of a parameter.`, 'Rename it.');
      else parameters[name] = this.value(value, key);
    }
    return parameters;
  }

  /** Numbers, texts, true, false, null, lists and mappings; what JSON cannot carry exactly is reported. */
  value(node: Node | null, place: Node, depth = 0): unknown {
    this.#count += 1;
    if (this.#count > MAX_VALUES || depth > MAX_DEPTH) {
      if (this.#count !== Infinity) {
        this.#reader.report(
          place,
          'The values here are too many or nested too deep.',
          'Put them in a CSV file.',
        );
      }
      this.#count = Infinity;
      return null;
    }
    if (node === null) return null;
    if (isSeq(node)) return node.items.map((item) => this.value(this.#reader.follow(item), node, depth + 1));
    if (isMap(node)) return this.#mapping(node, place, depth);
    return isScalar(node) ? this.#scalar(node) : null;
  }

  #mapping(node: Node, place: Node, depth: number): Parameters {
    const fields = this.#reader.entries({ name: '', key: place, value: node }, 'A parameter');
    const mapping: Parameters = {};
    for (const { name, key, value } of fields?.values() ?? []) {
      if (isParameterName(name)) mapping[name] = this.value(value, key, depth + 1);
    }
    return mapping;
  }

  #scalar(node: Node & { value: unknown }): unknown {
    const value = node.value;
    if (typeof value === 'bigint') {
      const number = Number(value);
      if (Number.isSafeInteger(number)) return number;
      this.#reader.report(
        node,
        `${value} has too many digits for a number.`,
        `Write it as text: "${value}".`,
      );
    } else if (typeof value === 'number' && !Number.isFinite(value)) {
      this.#reader.report(
        node,
        `${describe(node)} cannot be sent to a worker as a number.`,
        'Write it as text.',
      );
    }
    return value;
  }
}

/** `__proto__` would change the object instead of standing in it. */
export function isParameterName(name: string): boolean {
  return name !== '' && name !== '__proto__';
}
