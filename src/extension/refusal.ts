import type { CommandId } from './contributions.ts';

/** What a person can do about a refusal, as a button. */
export interface RefusalAction {
  title: string;
  command: CommandId | 'workbench.trust.manage' | 'workbench.action.files.openFolder';
}

/** A command that cannot run as things stand: shown to the person as it is, with its next step. Not a fault. */
export class Refusal extends Error {
  readonly nextStep: string | undefined;
  readonly action: RefusalAction | undefined;

  constructor(message: string, nextStep?: string, action?: RefusalAction) {
    super(message);
    this.name = 'Refusal';
    this.nextStep = nextStep;
    this.action = action;
  }
}
