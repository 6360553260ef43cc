/** `ramp` shows the staged rollouts of pools; `ramp start|pause|resume|abandon <pool>` acts on one. */
import { Command } from 'commander';
import type { RampView } from '../../control/ramp-view.ts';
import { RAMP_ACTIONS, type RampAction } from '../../core/ramp-actions.ts';
import { planText } from '../../core/ramp-text.ts';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { badInput } from '../cli-error.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { plainText } from '../plain-text.ts';

interface RampOptions {
  json?: boolean;
}

export function rampCommand(act: Act): Command {
  return new Command('ramp')
    .summary('get a pool to its workers in steps, each of which has to prove itself')
    .description(
      'Without arguments: how the ramps stand. A ramp starts a pool with few workers and adds more as long as nothing goes wrong: ' +
        'each step of `ramp:` in nightcrew.yaml says how many workers, and how long they have to work soundly before the next ' +
        'step (without one: 2 for 2 h, 3 for 4 h, then all). Lost session data, failed artifacts, objects that are not found, ' +
        'interrupted jobs, a failed worker or too many errors roll it back to 1 worker; the others finish their jobs first, and ' +
        '.nightcrew/incidents gets a report. Only time in which all workers of the step live and jobs run counts.',
    )
    .argument('[action]', RAMP_ACTIONS.join(', '))
    .argument('[pool]', 'the pool')
    .option('--json', 'print as JSON: all ramps, or { message, ramp }')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew ramp start simulate', 'begin with the first step; what runs beyond it is drained'],
        ['nightcrew ramp', 'how far is it, and what does it wait for?'],
        ['nightcrew ramp pause simulate', 'stay at this step; `resume` goes on'],
        ['nightcrew ramp abandon simulate', 'give it up; `nightcrew up` then starts all workers of the pool'],
      ]),
    )
    .action(act(ramp));
}

async function ramp(
  context: CommandContext,
  action: string | undefined,
  pool: string | undefined,
  options: RampOptions,
): Promise<ExitCode> {
  if (action === undefined) return showRamps(context, options);
  if (!isRampAction(action))
    throw badInput(`ramp cannot "${action}".`, `What it can do to a pool: ${RAMP_ACTIONS.join(', ')}.`);
  if (pool === undefined) throw badInput('Which pool?', `Name it: nightcrew ramp ${action} <pool>.`);
  return changeRamp(context, action, pool, options);
}

async function showRamps(context: CommandContext, { json }: RampOptions): Promise<ExitCode> {
  const client = await context.connect();
  const ramps = await client.request('ramps', {});
  const { terminal } = context;
  if (json) terminal.print(JSON.stringify(ramps));
  else if (ramps.length === 0)
    terminal.print(
      'No ramps: `nightcrew ramp start <pool>` starts one, `ramp:` of a pool in nightcrew.yaml plans it.',
    );
  else for (const line of renderRamps(ramps)) terminal.print(line);
  return ExitCode.ok;
}

async function changeRamp(
  context: CommandContext,
  action: RampAction,
  pool: string,
  { json }: RampOptions,
): Promise<ExitCode> {
  const client = await (action === 'start' ? context.connectOrStart() : context.connect());
  const answer = await client.request('ramp', { action, pool });
  context.terminal.print(json ? JSON.stringify(answer) : `${pool}: ${plainText(answer.message)}`);
  return ExitCode.ok;
}

export function renderRamps(ramps: readonly RampView[]): string[] {
  return ramps.flatMap(({ pool, state, text, steps, incident }) => [
    `${pool}: ${plainText(text)}`,
    ...(state === 'planned' ? [] : [`  plan: ${planText(steps)}`]),
    ...(incident === undefined ? [] : [`  report: ${incident}/report.md`]),
  ]);
}

function isRampAction(text: string): text is RampAction {
  return RAMP_ACTIONS.some((action) => action === text);
}
