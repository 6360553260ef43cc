/** Keeps the end of a stream, however long the stream is. */
export class OutputTail {
  readonly #characters: number;
  /** UTF-8 needs up to four bytes for a character, and the cut may hit the middle of one. */
  readonly #bytes: number;
  #chunks: Buffer[] = [];
  #length = 0;

  /** @param characters How many UTF-16 code units `text` returns at most. */
  constructor(characters: number) {
    this.#characters = characters;
    this.#bytes = 4 * characters + 4;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length <= 2 * this.#bytes) return;
    // A copy, so that the chunk it came from can be freed.
    const kept = Buffer.from(Buffer.concat(this.#chunks).subarray(-this.#bytes));
    this.#chunks = [kept];
    this.#length = kept.length;
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8').slice(-this.#characters);
  }
}
