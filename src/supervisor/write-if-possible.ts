import type { Store } from '../store/contract.ts';
import { StoreError } from '../store/store-error.ts';

/**
 * Writes what was appended so far, for an act that does not wait for the disk: ending or continuing a process. Where the disk
 * refuses it stays appended, and a successor would not know of it.
 */
export function writeIfPossible(store: Pick<Store, 'write'>): void {
  try {
    store.write();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}
