import type { Trouble } from './crew-state.ts';

/** A trouble in three words, for where its message does not fit. */
export const TROUBLE_TITLES: Record<Trouble['kind'], string> = {
  storage: 'Disk refuses writes',
  keeper: 'Workers are not started again',
  room: 'No room for workers',
};
