/** What Ctrl-C asks during a run: work of hours should not hang on one key. */
import { quantity } from '../../core/quantity.ts';
import type { Terminal } from '../terminal.ts';
import type { RunProgress } from './run-progress.ts';

/**
 * - `background`: leave; the crew works on without this terminal
 * - `drain`: finish the jobs that run, then end the crew
 * - `abort`: end everything now; running jobs go back to the queue
 * - `continue`: nothing; go on watching
 */
export type InterruptChoice = 'background' | 'drain' | 'abort' | 'continue';

const CHOICES: Record<string, InterruptChoice> = {
  b: 'background',
  f: 'drain',
  a: 'abort',
  c: 'continue',
  '': 'continue',
};

/** Ctrl-C again, or the end of the input, means `background`: it loses nothing. */
export async function askAfterInterrupt(
  terminal: Terminal,
  { ended, total, counts }: RunProgress,
  signal: AbortSignal,
): Promise<InterruptChoice> {
  const { bold } = terminal.colors;
  terminal.print(
    [
      `${ended.toLocaleString('en')} of ${quantity(total, 'job')} have ended, ${counts.running} ${counts.running === 1 ? 'is' : 'are'} running. What now?`,
      `  ${bold('b')}  keep working in the background, and leave (also: Ctrl-C again)`,
      `  ${bold('f')}  finish the ${quantity(counts.running, 'running job')}, then end the crew; the rest stays in the queue`,
      `  ${bold('a')}  abort: end now; running jobs lose their work and go back to the queue`,
      `  ${bold('c')}  continue (also: Enter)`,
    ].join('\n'),
  );
  for (;;) {
    const answer = await terminal.ask('b, f, a or c? ', signal);
    if (signal.aborted) return 'continue';
    if (typeof answer === 'string') return 'background';
    const choice = CHOICES[answer.text.trim().slice(0, 1).toLowerCase()];
    if (choice) return choice;
  }
}
