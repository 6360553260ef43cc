/** What keeps the crew from its work at this moment. Faces show it for as long as it lasts. */
import type { Trouble } from '../control/crew-state.ts';
import type { Clock } from '../core/clock.ts';
import type { Changes } from './changes.ts';

export class Troubles {
  readonly #changes: Changes;
  readonly #clock: Clock;
  readonly #known = new Map<Trouble['kind'], Trouble>();

  constructor(changes: Changes, clock: Clock) {
    this.#changes = changes;
    this.#clock = clock;
  }

  get all(): Trouble[] {
    return [...this.#known.values()];
  }

  /** Replaces the one of the same kind; that keeps the time since when it lasts. */
  begin(trouble: Omit<Trouble, 'since'>): void {
    const since = this.#known.get(trouble.kind)?.since ?? this.#clock.now();
    this.#known.set(trouble.kind, { ...trouble, since });
    this.#changes.other('troubles');
  }

  end(kind: Trouble['kind']): void {
    if (this.#known.delete(kind)) this.#changes.other('troubles');
  }
}
