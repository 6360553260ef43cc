/**
 * Reads the nodes of a YAML document and remembers where each stands, so that every problem can name its line and
 * column. Knows YAML and nothing of pools and batches.
 */
import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Document,
  type LineCounter,
  type Node,
  type Scalar,
} from 'yaml';
import { measureStep, type Measure } from './crew-file-measures.ts';
import { closestName, suggestName } from './closest-name.ts';

export interface CrewFileProblem {
  /** From 1. */
  line: number;
  column: number;
  message: string;
  nextStep?: string;
}

/** One `name: value` of a mapping. */
export interface Field {
  name: string;
  key: Node;
  /** Aliases are followed; null for nothing or an explicit null. */
  value: Node | null;
}

/** A mapping that merges itself comes here, and nobody else. */
const MAX_MERGES = 1_000;

export class CrewFileReader {
  readonly problems: CrewFileProblem[] = [];
  /** What may be meant as it stands. */
  readonly warnings: CrewFileProblem[] = [];
  readonly #document: Document;
  readonly #lines: LineCounter;
  #merges = 0;
  /** Finding an anchor walks the whole document; aliases of aliases ask for the same one a million times. */
  readonly #targets = new WeakMap<Alias, Node | null>();

  constructor(document: Document, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  position(node: Node): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(node.range?.[0] ?? 0);
    return { line, column: col };
  }

  report(node: Node, message: string, nextStep: string): void {
    this.problems.push({ ...this.position(node), message, nextStep });
  }

  warn(node: Node, message: string, nextStep: string): void {
    this.warnings.push({ ...this.position(node), message, nextStep });
  }

  /** The node that is meant: aliases followed, explicit nulls as null. */
  follow(node: unknown): Node | null {
    const meant = isAlias(node) ? this.#target(node) : node;
    if (isScalar(meant)) return meant.value === null ? null : meant;
    return isMap(meant) || isSeq(meant) ? meant : null;
  }

  #target(alias: Alias): Node | null {
    const known = this.#targets.get(alias);
    if (known !== undefined) return known;
    const target = alias.resolve(this.#document) ?? null;
    if (target === null) {
      const { source } = alias;
      this.report(alias, `The alias *${source} names no anchor.`, `Define &${source} above it.`);
    }
    this.#targets.set(alias, target);
    return target;
  }

  /**
   * The fields of a mapping with their names checked against `known`; undefined (reported) if it is none. A
   * misspelt name is reported and then read as what was meant, so that one slip is one problem. `elsewhere`: where names belong
   * that are none here.
   */
  fields(
    owner: Field,
    what: string,
    known: readonly string[],
    elsewhere: Readonly<Record<string, string>> = {},
  ): Map<string, Field> | undefined {
    const fields = this.entries(owner, what);
    for (const field of [...(fields?.values() ?? [])]) {
      if (known.includes(field.name)) continue;
      const meant = closestName(field.name, known) ?? beginningWith(field.name, known);
      const nextStep =
        elsewhere[field.name] ??
        (meant === undefined ? suggestName(field.name, known)! : `Did you mean "${meant}"?`);
      this.report(field.key, `${what} has no setting "${field.name}".`, nextStep);
      if (meant !== undefined && !fields!.has(meant)) fields!.set(meant, { ...field, name: meant });
    }
    return fields;
  }

  /** The fields of a mapping with any names; nothing at all counts as an empty one. */
  entries(owner: Field, what: string): Map<string, Field> | undefined {
    const fields = new Map<string, Field>();
    if (owner.value === null) return fields;
    if (!isMap(owner.value)) {
      this.report(
        owner.value,
        `${what} must be a mapping (name: value), not ${describe(owner.value)}.`,
        isSeq(owner.value)
          ? 'Write each entry as "name: value", without "-" or brackets around them.'
          : 'Write "name: value", with a space behind the colon; below a heading, on lines of their own, indented with spaces.',
      );
      return undefined;
    }
    const merged: Field[] = [];
    for (const pair of owner.value.items) {
      const key = pair.key as Node;
      const field = { name: nameOf(key), key, value: this.follow(pair.value) };
      const first = fields.get(field.name);
      if (field.name === '<<') merged.push(field);
      else if (first === undefined) fields.set(field.name, field);
      else {
        const { line } = this.position(first.key);
        this.report(
          key,
          `${what} has "${field.name}" twice.`,
          `Remove one, or rename it: the first is on line ${line}.`,
        );
      }
    }
    for (const merge of merged) this.#merge(merge, fields, what);
    return fields;
  }

  /** `<<: *defaults`, the merge key of YAML 1.1 that docker compose and others made common. */
  #merge(merge: Field, into: Map<string, Field>, what: string): void {
    this.#merges += 1;
    if (this.#merges === MAX_MERGES)
      this.report(merge.key, 'There are too many "<<", or one merges itself.', 'Write the settings out.');
    if (this.#merges >= MAX_MERGES) return;
    const sources = isSeq(merge.value) ? merge.value.items.map((item) => this.follow(item)) : [merge.value];
    for (const value of sources) {
      const fields =
        this.entries({ ...merge, value }, `What "<<" merges into ${what}`) ?? new Map<string, Field>();
      for (const field of fields.values()) if (!into.has(field.name)) into.set(field.name, field);
    }
  }

  /** A text that is not empty; anything else is reported. */
  text(field: Field, what: string): string | undefined {
    const value = isScalar(field.value) ? field.value.value : undefined;
    if (typeof value === 'string' && value.trim() !== '') return value;
    const isNumber = typeof value === 'bigint' || typeof value === 'number';
    // `run: {program} x` begins a mapping to YAML.
    const inQuotes = isNumber || (isMap(field.value) && field.value.flow === true);
    const nextStep = inQuotes
      ? 'Put it in quotes.'
      : `Write a text behind "${field.name}:", in quotes if in doubt.`;
    this.#wrongType(field, what, 'text', nextStep);
    return undefined;
  }

  /** A whole number within both limits; anything else is reported. */
  integer(field: Field, what: string, minimum: number, maximum: number, example = 2): number | undefined {
    const value = isScalar(field.value) ? Number(integerText(field.value)) : NaN;
    if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
    const quoted =
      isScalar(field.value) &&
      /^\d+$/.test(String(field.value.value)) &&
      typeof field.value.value === 'string';
    this.#wrongType(
      field,
      what,
      `a whole number from ${minimum} to ${maximum.toLocaleString('en')}`,
      quoted
        ? `Write "${field.name}: ${String((field.value as Scalar).value)}", without quotes.`
        : `Write for example "${field.name}: ${example}".`,
    );
    return undefined;
  }

  /** Text or number, as the measure understands it; anything else is reported. */
  measure(field: Field, what: string, measure: Measure): number | undefined {
    const text = isScalar(field.value) ? String(field.value.value) : undefined;
    const value = text === undefined ? undefined : measure.parse(text);
    if (value !== undefined && (value > 0 || (measure.orNone && value === 0))) return value;
    this.#wrongType(field, what, measure.expected, measureStep(field.name, text, measure));
    return undefined;
  }

  #wrongType(field: Field, what: string, expected: string, nextStep: string): void {
    this.report(
      field.value ?? field.key,
      `${what} must be ${expected}, not ${describe(field.value)}.`,
      nextStep,
    );
  }
}

/** `time` for `timeout`. */
function beginningWith(name: string, known: readonly string[]): string | undefined {
  return name.length < 3 ? undefined : known.find((candidate) => candidate.startsWith(name.toLowerCase()));
}

function nameOf(key: unknown): string {
  return isScalar(key) ? (key.source ?? String(key.value)) : String(key);
}

function integerText(scalar: Scalar): string {
  return typeof scalar.value === 'number' || typeof scalar.value === 'bigint' ? String(scalar.value) : 'none';
}

/** What stands there, in words that fit behind "not". */
export function describe(node: Node | null): string {
  if (node === null) return 'nothing';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node)) return 'a mapping';
  const value: unknown = node.value;
  if (value === '') return 'an empty text';
  return typeof value === 'string' ? `the text "${shorten(value)}"` : `${node.source ?? String(value)}`;
}

function shorten(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}
