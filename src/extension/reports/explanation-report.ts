import type { Explanation, ExplanationFact, NextStep, StepCommand } from '../../core/explanation.ts';
import { codeBlock, escapeMarkdown } from '../format/markdown.ts';

/** As the palette has them, without what they are called on. */
const STEP_TITLES: Record<StepCommand, string> = {
  startCrew: 'Start Crew',
  addWorker: 'Add Worker',
  restartWorker: 'Restart',
  resumeWorker: 'Resume',
  resumePool: 'Resume Pool',
  continueWorker: 'Continue',
  continuePool: 'Continue Pool',
  showWorkerLog: 'Show Log of',
  showWorkerHistory: 'Show History of',
  showJob: 'Show Job',
  requeueJob: 'Requeue Job',
  cancelJob: 'Cancel Job',
  openCrewFile: 'Open Crew File',
  healthCheck: 'Check',
  explainWorker: 'Explain',
  explainJob: 'Explain Job',
};

/** `Resume simulate-1`: on a button. Undefined: VS Code has no command for it. */
export function stepTitle({ command }: NextStep): string | undefined {
  if (!command) return undefined;
  const { name, on } = command;
  const subject = on === undefined ? [] : Object.values(on).map(String);
  return [STEP_TITLES[name], ...subject].join(' ');
}

/** Why, what to do, and what is known, as Markdown. */
export function explanationMarkdown({ headline, facts, nextSteps, at }: Explanation): string {
  return [
    `# ${escapeMarkdown(headline)}`,
    '',
    '## Next Steps',
    '',
    ...nextSteps.map(stepLine),
    ...(facts.length === 0 ? [] : ['', '## What Is Known', '', ...factTable(facts)]),
    ...facts.flatMap(detailSection),
    '',
    `As of ${new Date(at).toLocaleString()}.`,
    '',
  ].join('\n');
}

function stepLine(step: NextStep): string {
  const title = stepTitle(step);
  const ways = [
    ...(title === undefined ? [] : [`**${escapeMarkdown(title)}**`]),
    ...(step.cli === undefined ? [] : [`\`${step.cli.replaceAll('`', "'")}\``]),
  ];
  return `- ${escapeMarkdown(step.text)}${ways.length === 0 ? '' : `: ${ways.join(' or ')}`}`;
}

function factTable(facts: readonly ExplanationFact[]): string[] {
  return [
    '| When | What | Recorded in |',
    '|:--|:--|:--|',
    ...facts.map(({ at, text, source }) => {
      const when = at === undefined ? 'now' : new Date(at).toLocaleString();
      return `| ${when} | ${escapeMarkdown(text)} | ${escapeMarkdown(source)} |`;
    }),
  ];
}

function detailSection({ source, detail }: ExplanationFact): string[] {
  if (detail === undefined) return [];
  const title = `${source.charAt(0).toUpperCase()}${source.slice(1)}`;
  return ['', `## ${escapeMarkdown(title)}`, '', ...codeBlock(detail, '')];
}
