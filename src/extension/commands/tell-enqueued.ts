import * as vscode from 'vscode';
import type { EnqueueResult } from '../../control/enqueue-request.ts';
import { CommandId } from '../contributions.ts';
import { quantity } from '../../core/quantity.ts';
import { crewOf } from '../link-state.ts';
import { livingWorkers } from './choose-pool.ts';
import type { CommandContext } from './command-context.ts';
import { tellSuccess } from './tell-outcomes.ts';

/** Quiet if the work begins by itself; otherwise says that it waits for workers, and offers them. */
export function tellEnqueued(context: CommandContext, { name, pool, count }: EnqueueResult): void {
  const message = `${quantity(count, 'job')} of ${name} in ${pool}`;
  context.log.info(`Enqueued ${message}.`);
  const crew = crewOf(context.link.state);
  if (!crew || livingWorkers(crew, pool) > 0) {
    tellSuccess(`enqueued ${message}`);
    return;
  }
  void vscode.window
    .showInformationMessage(`Enqueued ${message}. The pool has no worker yet.`, 'Start Crew', 'Add Worker')
    .then((button) => {
      if (button === 'Start Crew') return vscode.commands.executeCommand(CommandId.startCrew);
      if (button === 'Add Worker') return vscode.commands.executeCommand(CommandId.addWorker, pool);
      return undefined;
    });
}
