/** Whether the crew is to work: since somebody started it, until somebody ends it. Who comes after goes on with it. */
import { noteWanted } from '../control/wanted-crew.ts';
import type { Store } from '../store/contract.ts';
import type { Changes } from './changes.ts';

interface Parts {
  store: Pick<Store, 'append'>;
  changes: Pick<Changes, 'other'>;
  stateFolder: string;
}

export class CrewWanted {
  readonly #parts: Parts;
  #isWanted: boolean;

  constructor(parts: Parts, isWanted: boolean) {
    this.#parts = parts;
    this.#isWanted = isWanted;
  }

  get isWanted(): boolean {
    return this.#isWanted;
  }

  /** Returns false when that was so already. */
  change(wanted: boolean): boolean {
    if (this.#isWanted === wanted) return false;
    this.#isWanted = wanted;
    this.#parts.store.append({ type: 'crew.wanted', wanted });
    this.note();
    this.#parts.changes.other('wanted');
    return true;
  }

  /** For those who look while no supervisor lives. */
  note(): void {
    noteWanted(this.#parts.stateFolder, this.#isWanted);
  }
}
