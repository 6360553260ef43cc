/**
 * Listeners of one event. `vscode.EventEmitter` would do, but it exists only inside an extension host, and what uses
 * this class is tested without one.
 */
export class Emitter<Value> {
  readonly #listeners = new Set<(value: Value) => void>();

  /** Returns a function that ends the listening; it may be called twice. */
  on(listener: (value: Value) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(value: Value): void {
    for (const listener of [...this.#listeners]) listener(value);
  }

  clear(): void {
    this.#listeners.clear();
  }
}
