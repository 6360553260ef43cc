import * as vscode from 'vscode';
import { ControlErrorCode } from '../../control/control-error.ts';
import { nothingToTakeOver } from '../refusals.ts';
import type { CommandContext } from './command-context.ts';
import { tellSuccess } from './tell-outcomes.ts';

/** Goes on with the crew of another machine that is gone for good, after a person has said that it is. */
export async function takeOver({ link }: CommandContext): Promise<void> {
  link.requireTrustedPlace();
  // The other machine may have ended its crew since.
  await link.probe();
  const { state } = link;
  if (state.kind !== 'refused') throw nothingToTakeOver();
  if (state.refusal.code !== ControlErrorCode.elsewhere) throw state.refusal;
  if (!(await confirmTakeOver(state.refusal.message))) return;
  const { server } = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: 'Nightcrew: watching for 20 s whether the other machine gives a sign of life',
    },
    () => link.ensure({ takeOver: true }),
  );
  tellSuccess(`the crew was taken over, supervisor PID ${server.pid}`);
}

async function confirmTakeOver(found: string): Promise<boolean> {
  const answer = await vscode.window.showWarningMessage(
    'Take over the crew of another machine?',
    {
      modal: true,
      detail:
        `${found}\n\nGo on only if that machine is gone for good. One that sleeps or has lost its network still has its workers: ` +
        'their jobs would run twice, and what they finish there would be lost.\n\n' +
        'The other machine is watched for 20 s first. Jobs that were running go back to the queue.',
    },
    'Take Over',
  );
  return answer === 'Take Over';
}
