/** Requests that are answered when something has come about. */
export class Waits {
  readonly #waiting = new Set<() => void>();
  #scheduled = false;

  /** Resolves when the condition holds. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Something may have come about. Looked at when what follows from it in the same turn has been done, too. */
  look(): void {
    if (this.#scheduled || this.#waiting.size === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      for (const look of this.#waiting) look();
    });
  }
}
