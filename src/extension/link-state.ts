import type { ControlClient } from '../control/client-contract.ts';
import type { CrewState, StateDelta } from '../control/api.ts';

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
 * - `connecting`: one is being started or looked for; `crew` is what was known before the connection was lost
 * - `connected`: `crew` is live
 */
export type LinkState =
  | { kind: 'noWorkspace' }
  | { kind: 'untrusted'; place: WorkspacePlace }
  | { kind: 'readOnly'; place: WorkspacePlace }
  | { kind: 'stopped'; place: WorkspacePlace }
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
