/** The commands that change many jobs: say what would be done, ask where much or work is at stake, do it, say what became of it. */
import type { Command } from 'commander';
import type { JobsChanged, JobSelection } from '../control/selection.ts';
import type { ControlClient } from '../control/client-contract.ts';
import type { JobState } from '../core/job.ts';
import type { CommandContext } from './command-context.ts';
import { confirm } from './confirm.ts';
import { ExitCode } from './exit-code.ts';
import { quantity } from '../core/quantity.ts';
import { addJobSelection, readJobSelection, type JobSelectionOptions } from './job-selection.ts';
import { printOutcomes } from './outcomes.ts';

export interface ChangeJobsOptions extends JobSelectionOptions {
  dryRun?: boolean;
  yes?: boolean;
  json?: boolean;
}

export interface JobsCommand {
  /** `Cancel`, and `Cancelled`. */
  verb: string;
  done: string;
  request: (client: ControlClient, selection: JobSelection & { dryRun?: boolean }) => Promise<JobsChanged>;
  /** What is lost, for the question; empty for nothing. */
  losses: (changed: JobsChanged['changed']) => string[];
  /** Jobs that are named are so few that they need no question, whatever is lost. */
  trustsNumbers?: boolean;
}

/** More jobs are asked about. */
const UNASKED = 100;
/** Problems that are told one by one. */
const PROBLEMS_TOLD = 10;
const STATES: JobState[] = ['pending', 'running', 'done', 'failed', 'cancelled'];

/** Adds the jobs it is about, `--dry-run`, `--yes` and `--json`. */
export function addJobChangeOptions(command: Command): Command {
  return addJobSelection(command)
    .option('--dry-run', 'only say how many')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print as JSON');
}

export async function changeJobs(
  context: CommandContext,
  jobs: readonly number[],
  options: ChangeJobsOptions,
  command: JobsCommand,
): Promise<ExitCode> {
  const client = await context.connect();
  const { dryRun, yes, json, ...chosen } = options;
  const selection = await readJobSelection(client, jobs, chosen, context.clock.now());
  const { terminal } = context;
  const isTrusted = yes || ('jobs' in selection && command.trustsNumbers && jobs.length <= UNASKED);
  if (dryRun || !isTrusted) {
    const preview = await command.request(client, { ...selection, dryRun: true });
    if (dryRun) return tellPreview(context, preview, { json, done: command.done.toLowerCase() });
    const count = total(preview);
    const losses = command.losses(preview.changed);
    if (count > UNASKED || losses.length > 0) {
      const facts = [`${countsText(preview)} ${count === 1 ? 'matches' : 'match'}.`, ...losses];
      if (!(await confirm(terminal, facts, `${command.verb} ${quantity(count, 'job')}?`))) return ExitCode.ok;
    }
  }
  return tell(context, await command.request(client, selection), { json, done: command.done });
}

/** Nothing was asked for, so nothing failed: what could not be done is part of the answer. */
function tellPreview(
  { terminal }: CommandContext,
  preview: JobsChanged,
  { json, done }: { json: boolean | undefined; done: string },
): ExitCode {
  if (json) terminal.print(JSON.stringify(preview));
  else if (preview.matched === 0) terminal.print('No such jobs.');
  else {
    terminal.print(`Would be ${done}: ${countsText(preview)}.`);
    for (const line of problemLines(preview)) terminal.print(`Not possible: ${line}`);
  }
  return ExitCode.ok;
}

function tell(
  { terminal }: CommandContext,
  changed: JobsChanged,
  { json, done }: { json: boolean | undefined; done: string },
): ExitCode {
  if (json) {
    terminal.print(JSON.stringify(changed));
    return changed.refused === 0 ? ExitCode.ok : ExitCode.failed;
  }
  if (changed.outcomes.length > 0) {
    return printOutcomes(
      terminal,
      changed.outcomes.map(({ job, ok, message }) => ({ name: `job ${job}`, ok, message })),
    );
  }
  if (changed.matched === 0) terminal.print('No such jobs.');
  else terminal.print(`${done} ${countsText(changed)}.`);
  const { red } = terminal.errorColors;
  for (const line of problemLines(changed)) terminal.printError(`${red('error:')} ${line}`);
  return changed.refused === 0 ? ExitCode.ok : ExitCode.failed;
}

function problemLines({ problems, refused }: JobsChanged): string[] {
  const told = problems.slice(0, PROBLEMS_TOLD);
  const more = refused - told.length;
  return [
    ...told.map(({ job, message }) => `job ${job}: ${message}`),
    ...(more > 0 ? [`${quantity(more, 'job')} more`] : []),
  ];
}

function total({ changed }: JobsChanged): number {
  return Object.values(changed).reduce((sum, count) => sum + count, 0);
}

/** `412 jobs (400 pending, 12 running)`. */
function countsText(answer: JobsChanged): string {
  const states = STATES.filter((state) => answer.changed[state]);
  const parts = states.map((state) => `${answer.changed[state]!.toLocaleString('en')} ${state}`);
  const count = quantity(total(answer), 'job');
  return parts.length === 0 ? count : `${count} (${parts.join(', ')})`;
}
