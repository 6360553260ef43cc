/**
 * What a person should be told of how a supervisor's life began. Most begin as they should, and then there is no news: an
 * ordinary start, and a crash of the supervisor alone, which costs nothing and repairs itself.
 */
import type { ServerInfo, StartCause } from './crew-state.ts';
import { quantity } from '../core/quantity.ts';

/** One line, when the crew lost something by what happened before: `The machine was restarted. 12 jobs …`. */
export function startNews({ start }: ServerInfo, wanted: boolean): string | undefined {
  const { cause, adopted, lost, requeued } = start;
  if (cause !== 'crashed' && cause !== 'rebooted' && cause !== 'taken-over') return undefined;
  if (lost === 0 && requeued === 0) return undefined;
  const consequences = [
    ...(requeued > 0 ? [requeuedText(requeued)] : []),
    ...(lost > 0 ? [lostText(lost, wanted)] : []),
    ...(adopted > 0 ? [adoptedText(adopted)] : []),
  ];
  return `${CAUSES[cause]} ${consequences.join('; ')}.`;
}

/** One line of a start that cost nothing though it was no ordinary one: the supervisor alone crashed, or was replaced. */
export function harmlessNews({ version, start }: ServerInfo): string | undefined {
  const { cause, adopted, lost, requeued } = start;
  if (lost > 0 || requeued > 0) return undefined;
  const workers = adopted > 0 ? ` ${adoptedText(adopted)}.` : '';
  if (cause === 'handed-over') return `The supervisor of version ${version} took over.${workers}`;
  return cause === 'crashed' ? `${CAUSES.crashed}${workers}` : undefined;
}

/** What of the stored state was found damaged at the start, and what became of it. A torn tail is none: nobody was told of what was in it. */
export function damageNews({ recovery }: ServerInfo): string | undefined {
  const { snapshotProblem, damage } = recovery;
  if (damage) {
    const { problems, lost, skipped, salvaged, keptIn } = damage;
    const gone = lost + skipped;
    const loss = gone === 0 ? 'No change is lost' : `Lost: ${quantity(gone, 'change')} of the queue`;
    const rescue = salvaged > 0 ? `; ${quantity(salvaged, 'change')} behind the damage could be read` : '';
    return `The stored queue was damaged. ${problems.join(' ')} ${loss}${rescue}. The damaged files are kept in ${keptIn}.`;
  }
  if (snapshotProblem === undefined) return undefined;
  return `The newest snapshot of the queue was damaged and an older one was used, with the journal since then: ${snapshotProblem}`;
}

const CAUSES: Record<Extract<StartCause, 'crashed' | 'rebooted' | 'taken-over'>, string> = {
  rebooted: 'The machine was restarted.',
  crashed: 'The supervisor ended unexpectedly and was started again.',
  'taken-over': 'The crew was taken over from another machine.',
};

function requeuedText(jobs: number): string {
  return jobs === 1
    ? '1 job that was running went back to the queue'
    : `${quantity(jobs, 'job')} that were running went back to the queue`;
}

function adoptedText(workers: number): string {
  return `${quantity(workers, 'worker')} went on undisturbed`;
}

function lostText(workers: number, wanted: boolean): string {
  const verb = workers === 1 ? 'was' : 'were';
  return wanted
    ? `${quantity(workers, 'worker')} ${verb} started again`
    : `${quantity(workers, 'worker')} ${verb} lost`;
}
