/** `pause` and `resume`: one setting, two words for it. */
import { Command } from 'commander';
import { addChangeOptions, changeWorkers } from '../change-workers.ts';
import type { Act } from '../command-action.ts';
import { helpExamples } from '../help-examples.ts';

export function pauseCommand(act: Act): Command {
  return addChangeOptions(new Command('pause'), 'they have no job')
    .summary('let workers take no more jobs for now')
    .description('The workers finish the job they have and take no other until `nightcrew resume`.')
    .addHelpText(
      'after',
      helpExamples([['nightcrew pause --pool simulate', 'leave the machine to someone else']]),
    )
    .action(act(setPaused(true)));
}

export function resumeCommand(act: Act): Command {
  return addChangeOptions(new Command('resume'))
    .summary('let paused workers take jobs again')
    .description('Paused workers take jobs again.')
    .addHelpText('after', helpExamples([['nightcrew resume --all', 'everybody goes on']]))
    .action(act(setPaused(false)));
}

function setPaused(paused: boolean): ReturnType<typeof changeWorkers> {
  return changeWorkers((client, about) => client.request('pause', { ...about, paused }));
}
