/**
 * Why the views show what they show: one word out of a closed list, for `viewsWelcome` in package.json and for the
 * dashboard's own empty page. The reasons are asked in this order; the first that holds is the one worth telling.
 */
import { ControlErrorCode } from '../control/control-error.ts';
import type { LinkState } from './link-state.ts';

export const SITUATIONS = [
  /** No folder is open, or only virtual ones. */
  'noFolder',
  /** Restricted Mode, and no supervisor lives. */
  'untrusted',
  /** The folder cannot be written, and no supervisor lives. */
  'readOnly',
  /** A supervisor lives that this window cannot work with. */
  'refused',
  /** Another machine has the workspace, as far as its files tell. */
  'elsewhere',
  'connecting',
  /** Neither a crew file nor a pool: there is nothing to start yet. */
  'noCrew',
  'stopped',
  /** Connected, and not one worker is known. */
  'noWorkers',
  'active',
] as const;
export type Situation = (typeof SITUATIONS)[number];

export function situationOf(state: LinkState, hasCrewFile: boolean): Situation {
  switch (state.kind) {
    case 'noWorkspace':
      return 'noFolder';
    case 'untrusted':
    case 'readOnly':
      return state.kind;
    case 'refused':
      return state.refusal.code === ControlErrorCode.elsewhere ? 'elsewhere' : 'refused';
    case 'connecting':
      return state.crew && state.crew.workers.length > 0 ? 'active' : 'connecting';
    case 'stopped':
      return hasCrewFile ? 'stopped' : 'noCrew';
    case 'connected':
      if (state.crew.workers.length > 0) return 'active';
      return hasCrewFile || state.crew.pools.length > 0 ? 'noWorkers' : 'noCrew';
  }
}
