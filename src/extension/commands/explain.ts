/** Why a job or a worker is as it is: as a document, and what would help on the buttons of a message. */
import * as vscode from 'vscode';
import type { Explanation, StepCommand, StepSubject } from '../../core/explanation.ts';
import type { JobId } from '../../core/job.ts';
import { CommandId } from '../contributions.ts';
import { commandArguments } from '../dashboard/command-arguments.ts';
import { crewOf } from '../link-state.ts';
import type { QueueElement } from '../queue-view/queue-view.ts';
import { explanationMarkdown, stepTitle } from '../reports/explanation-report.ts';
import { chooseWorker } from './choose-worker.ts';
import type { CommandContext } from './command-context.ts';
import { findJob } from './find-job.ts';
import type { WorkerTarget } from './worker-target.ts';

/** More do not fit beside each other. */
const BUTTONS = 3;

/** The job it is called on, or one that a person finds; on a pool's waiting jobs, one of these. */
export async function explainJob(context: CommandContext, target?: JobId | QueueElement): Promise<void> {
  const client = context.link.client();
  const node = typeof target === 'object' ? target.node : undefined;
  const states = node?.pool === undefined ? undefined : (['pending'] as const);
  const found = async (): Promise<JobId | undefined> =>
    (await findJob(client, 'Explain Job', states, node?.pool))?.id;
  const id = typeof target === 'number' ? target : (node?.job ?? (await found()));
  if (id === undefined) return;
  await show(context, `Job ${id} Explained`, await client.request('explain', { job: id }));
}

/** By its name also one that is on the list no longer. */
export async function explainWorker(context: CommandContext, target?: WorkerTarget): Promise<void> {
  const client = context.link.client();
  const id =
    typeof target === 'string'
      ? target
      : (await chooseWorker(crewOf(context.link.state)?.workers ?? [], 'Explain Worker', target))?.id;
  if (id === undefined) return;
  await show(context, `${id} Explained`, await client.request('explain', { worker: id }));
}

async function show(context: CommandContext, name: string, explanation: Explanation): Promise<void> {
  context.log.info(explanation.headline);
  await context.reports.show(name, explanationMarkdown(explanation));
  const steps = explanation.nextSteps.flatMap((step) => {
    const title = stepTitle(step);
    return step.command && title !== undefined ? [{ title, command: step.command }] : [];
  });
  if (steps.length === 0) return;
  // Not waited for: it stays until somebody answers.
  void vscode.window
    .showInformationMessage(explanation.headline, ...steps.slice(0, BUTTONS))
    .then((step) => step && run(step.command));
}

function run({ name, on }: NonNullable<Explanation['nextSteps'][number]['command']>): Thenable<unknown> {
  return vscode.commands.executeCommand(CommandId[name], ...stepArguments(name, on));
}

/** A command on jobs takes a number for that of a batch. */
function stepArguments(name: StepCommand, on: StepSubject | undefined): unknown[] {
  const isOnJobs = name === 'requeueJob' || name === 'cancelJob';
  return isOnJobs && on && 'job' in on ? [{ node: on }] : commandArguments(on);
}
