import { Command } from 'commander';
import type { Explanation, ExplanationFact } from '../../core/explanation.ts';
import { badInput } from '../cli-error.ts';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { plainLines, plainText } from '../plain-text.ts';
import type { Colors } from '../terminal.ts';
import { timeText } from '../time-text.ts';

export function explainCommand(act: Act): Command {
  return new Command('explain')
    .summary('say why a job or a worker is as it is, and what would help')
    .description(
      'Says why a job waits, runs, failed or was cancelled, or why a worker has no work, was refused, died or was given up: what is recorded of it, and the next steps. Also afterwards: of an ended job, a worker that was removed, after a restart of the supervisor.',
    )
    .argument('<job or worker>', 'number of a job, or name of a worker')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew explain 212', 'why does job 212 wait, or why did it fail?'],
        ['nightcrew explain simulate-3', 'why did worker simulate-3 die?'],
      ]),
    )
    .action(act(explain));
}

async function explain(
  context: CommandContext,
  subject: string,
  { json }: { json?: boolean },
): Promise<ExitCode> {
  const client = await context.connect();
  const explanation = await client.request('explain', subjectOf(subject));
  const { terminal } = context;
  if (json) terminal.print(JSON.stringify(explanation));
  else for (const line of renderExplanation(explanation, terminal.colors)) terminal.print(line);
  return ExitCode.ok;
}

/** A worker's name ends with a hyphen and a number, so a number alone is none. */
function subjectOf(text: string): { job: number } | { worker: string } {
  if (!/^#?\d+$/.test(text)) return { worker: text };
  const job = Number(text.replace('#', ''));
  if (Number.isSafeInteger(job)) return { job };
  throw badInput(`There is no job ${text}.`, '`nightcrew jobs` lists the jobs.');
}

export function renderExplanation({ headline, facts, nextSteps }: Explanation, colors: Colors): string[] {
  return [
    colors.bold(plainText(headline)),
    '',
    'Next steps:',
    ...nextSteps.flatMap(({ text, cli }) => [
      `  ${plainText(text)}`,
      ...(cli === undefined ? [] : [`      ${colors.green(plainText(cli))}`]),
    ]),
    ...(facts.length === 0 ? [] : ['', 'What is known:']),
    ...facts.flatMap((fact) => renderFact(fact, colors)),
  ];
}

function renderFact({ at, text, source, detail }: ExplanationFact, colors: Colors): string[] {
  const when = at === undefined ? 'now'.padEnd(19) : timeText(at);
  return [
    `  ${colors.dim(when)}  ${plainText(text)} ${colors.dim(`[${plainText(source)}]`)}`,
    ...(detail === undefined ? [] : plainLines(detail).map((line) => colors.dim(`      | ${line}`))),
  ];
}
