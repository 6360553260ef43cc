/** Workers that may be running jobs of which nobody knows, because the record of it was damaged. */
import { ControlError, ControlErrorCode } from '../control/control-error.ts';
import { launchMarker } from '../keeper/launch-marker.ts';
import { endLeftOvers } from '../keeper/left-overs.ts';
import { isOtherWorkspace } from './copied-folder.ts';
import { treesOf, type AdoptionParts } from './adopt.ts';
import type { Worker } from './worker.ts';
import { writeIfPossible } from './write-if-possible.ts';

/**
 * Ends the workers of which a damaged journal does not say any more what they were given: they may be running jobs
 * that count as pending. Before anything is given out, and by identity and marker alone, so that no keeper is asked. That
 * they are to go is recorded first, for a successor that would find a sound journal and nothing to doubt.
 */
export async function endDoubtful(parts: AdoptionParts): Promise<void> {
  const { store, roster, endings, workspace, clock, log } = parts;
  const named = new Set(store.recovery.damage?.doubtfulWorkers);
  const isDoubtful = (worker: Worker): boolean =>
    named.has(worker.id) || (worker.ending !== undefined && worker.ending.outcome === 'lost');
  const doubtful = roster.live.filter(isDoubtful);
  if (doubtful.length === 0) return;
  const reason = 'the damaged journal does not say what it was given';
  log.warn(`Ending ${doubtful.map(({ id }) => id).join(', ')}: ${reason}.`);
  for (const worker of doubtful) {
    const relaunch = worker.ending?.relaunch ?? parts.wanted();
    const to = worker.ending?.to ?? 'FAILED';
    void endings.abort(worker, { to, reason, outcome: 'lost', relaunch });
  }
  writeIfPossible(store);
  const others = roster.live.filter((worker) => !doubtful.includes(worker));
  const held = others.map(({ id, launch }) => launchMarker(workspace, id, launch));
  const { left } = await endLeftOvers({
    workspace,
    known: treesOf(doubtful, workspace),
    held: new Set(held),
    clock,
    isOthers: (theirs) => isOtherWorkspace(theirs, workspace),
  });
  // A job that may still be running must not be given to another.
  if (left.length > 0) {
    throw new ControlError(
      ControlErrorCode.internal,
      `Processes ${left.map(({ pid }) => pid).join(', ')} may be running jobs that nobody knows of, and cannot be ended.`,
      { nextStep: 'End them, or start the machine anew; then start the crew again.' },
    );
  }
}
