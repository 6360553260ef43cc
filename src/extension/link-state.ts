import type { ControlError } from '../control/control-error.ts';
import type { CrewState, StateDelta } from '../control/crew-state.ts';
import type { ControlClient } from '../control/client-contract.ts';

/** The workspace folder a supervisor would work for. */
export interface WorkspacePlace {
  /** Absolute path. */
  folder: string;
  /** VS Code's Workspace Trust. Without it nothing is started. */
  trusted: boolean;
  /** Whether `.nightcrew/` can be made and written. */
  writable: boolean;
}

/**
 * Where the extension stands towards the supervisor of its workspace.
 * - `noWorkspace`: no folder on a disk is open
 * - `untrusted`, `readOnly`: as `stopped`, and one cannot be started for this reason
 * - `stopped`: no supervisor lives; a person may start one
 * - `refused`: one lives, and this window cannot work with it, such as one of a newer version; `refusal` says why
 * - `connecting`: one is being started or looked for; `crew` is what was known before the connection was lost
 * - `connected`: `crew` is live
 */
export type LinkState =
  | { kind: 'noWorkspace' }
  | { kind: 'untrusted'; place: WorkspacePlace }
  | { kind: 'readOnly'; place: WorkspacePlace }
  | { kind: 'stopped'; place: WorkspacePlace }
  | { kind: 'refused'; place: WorkspacePlace; refusal: ControlError }
  | { kind: 'connecting'; place: WorkspacePlace; crew?: CrewState }
  | { kind: 'connected'; place: WorkspacePlace; client: ControlClient; crew: CrewState };

export interface LinkChange {
  state: LinkState;
  /** What brought the crew here; absent when anything may have changed. */
  delta?: StateDelta;
}

/** The crew as far as it is known, live or from just before the connection was lost. */
export function crewOf(state: LinkState): CrewState | undefined {
  return state.kind === 'connected' || state.kind === 'connecting' ? state.crew : undefined;
}

/** Whom to ask, while somebody is there. */
export function clientOf(state: LinkState): ControlClient | undefined {
  return state.kind === 'connected' ? state.client : undefined;
}

/** The folder the state is about. */
export function folderOf(state: LinkState): string | undefined {
  return state.kind === 'noWorkspace' ? undefined : state.place.folder;
}

/** Whether no supervisor can be worked with, as far as one can see. */
export function isAtRest({ kind }: LinkState): boolean {
  return kind === 'stopped' || kind === 'untrusted' || kind === 'readOnly' || kind === 'refused';
}

/** No supervisor lives: which of the three states that is depends on whether one could be started. */
export function atRest(place: WorkspacePlace): LinkState {
  if (!place.trusted) return { kind: 'untrusted', place };
  return place.writable ? { kind: 'stopped', place } : { kind: 'readOnly', place };
}

export function connecting(place: WorkspacePlace, crew: CrewState | undefined): LinkState {
  return crew ? { kind: 'connecting', place, crew } : { kind: 'connecting', place };
}

/** The same state after something about the folder changed, such as its trust. */
export function withPlace(state: LinkState, place: WorkspacePlace): LinkState {
  switch (state.kind) {
    case 'connected':
    case 'connecting':
    case 'refused':
      return { ...state, place };
    default:
      return atRest(place);
  }
}
