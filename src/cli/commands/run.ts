import { Command } from 'commander';
import type { Act } from '../command-action.ts';
import { helpExamples } from '../help-examples.ts';
import { runCrew } from '../run/run-crew.ts';

const CREW_FILE_EXAMPLE = `
A crew file, nightcrew.yaml:
  pools:
    simulate:
      command: python simulate.py      # speaks the worker protocol
      workers: 4
      memory: 8GB
    calibrate:
      run: Rscript calibrate.R --site {site}   # any program, once for each job
  batches:
    sweep:
      pool: simulate
      matrix: { alpha: [0.1, 0.2, 0.4], seed: 1..200 }

Ctrl-C asks what to do with the work: leave it in the background, finish the
current jobs, abort, or continue. Where nobody can be asked, SIGINT and SIGTERM
leave the crew working in the background; nothing is lost either way.`;

export function runCommand(act: Act): Command {
  return new Command('run')
    .summary('work the crew file off, from start to summary')
    .description(
      'Enqueues the batches of the crew file, starts the workers they need, shows the progress until all is done, writes ' +
        'the results as CSV, and ends the crew (unless it was running before). Given again, it goes on where it ' +
        'stopped: what is done stays done. Ends with exit code 1 if a job failed.',
    )
    .argument('[batch...]', 'only these batches; otherwise all, and what else waits in the queue')
    .option('--again', 'enqueue batches anew although they were worked off before, unchanged')
    .option('--keep', 'leave the crew running at the end')
    .addHelpText(
      'after',
      `${helpExamples([
        ['nightcrew run', 'everything in the crew file'],
        ['nightcrew run sweep --again', 'one batch, once more'],
        ['nightcrew run > run.log 2>&1 &', 'a line every few seconds'],
      ])}\n${CREW_FILE_EXAMPLE}`,
    )
    .action(
      act((context, batches: string[], options: { again?: boolean; keep?: boolean }) =>
        runCrew(context, batches, options),
      ),
    );
}
