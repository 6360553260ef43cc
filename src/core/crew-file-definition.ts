/**
 * A short text that is equal for equal definitions, by which "the same batch again" is known. Not a security
 * measure: it guards against enqueueing a sweep twice by accident, not against someone who wants to.
 */

/** 20 or so letters and digits; independent of the order of keys in mappings. */
export function definitionHash(definition: unknown): string {
  const text = canonicalJson(definition);
  // Two independent 53-bit hashes: with one, a workspace of some thousand batches is fine; with two, any is.
  return hash53(text, 1).toString(36) + hash53(text, 2).toString(36);
}

/** JSON with the keys of every mapping sorted and absent values left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  );
}

/** cyrb53 (public domain): 53 well-mixed bits, the most that a number holds. */
function hash53(text: string, seed: number): number {
  let high = 0xdeadbeef ^ seed;
  let low = 0x41c6ce57 ^ seed;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
