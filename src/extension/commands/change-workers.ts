/** The commands that do one thing to some workers. They differ in the table at the end and in nothing else. */
import type { WorkerView } from '../../control/crew-state.ts';
import type { WorkerOutcome } from '../../control/selection.ts';
import type { ControlClient } from '../../control/client-contract.ts';
import type { WorkerAbility } from '../workers-view/worker-abilities.ts';
import type { WorkersNode } from '../workers-view/workers-tree.ts';
import { chooseWorkers } from './choose-workers.ts';
import type { CommandContext } from './command-context.ts';
import { confirmLoss } from './confirm-loss.ts';
import { offerStartAnyway, splitRefused } from './start-anyway.ts';
import { tellOutcomes } from './tell-outcomes.ts';
import type { WorkerTarget } from './worker-target.ts';
import { withProgress } from './with-progress.ts';

interface WorkerChange {
  verb: string;
  /** For the outcome: "2 workers draining". */
  participle: string;
  ability: WorkerAbility;
  /** Whether it makes work begin, which needs a trusted workspace. */
  startsWork?: boolean;
  /** Whether to ask before it is done to these. */
  losesWork?(workers: readonly WorkerView[]): boolean;
  /** `force`: although there is no room for them; asked only after a refusal for that. */
  request(
    client: ControlClient,
    select: { workers: string[] },
    force: boolean,
  ): Promise<{ outcomes: WorkerOutcome[] }>;
}

export type WorkerCommand = (
  context: CommandContext,
  target?: WorkerTarget,
  selected?: readonly WorkersNode[],
) => Promise<void>;

function workerCommand(change: WorkerChange): WorkerCommand {
  return async (context, target, selected) => {
    if (change.startsWork) context.link.requireTrustedPlace();
    const workers = await chooseWorkers(context, change.verb, change.ability, target, selected);
    if (!workers) return;
    if (change.losesWork?.(workers) && !(await confirmLoss(change.verb, workers))) return;
    const request = (ids: string[], force: boolean): Promise<{ outcomes: WorkerOutcome[] }> =>
      withProgress(() => change.request(context.link.client(), { workers: ids }, force));
    const { outcomes } = await request(
      workers.map((worker) => worker.id),
      false,
    );
    const { refused, others } = splitRefused(outcomes);
    if (others.length > 0) tellOutcomes(context, change.participle, others);
    if (await offerStartAnyway(refused)) {
      const started = await request(
        refused.map(({ worker }) => worker),
        true,
      );
      tellOutcomes(context, change.participle, started.outcomes);
    }
  };
}

/** Finish the current job, then end. */
export const drainWorkers = workerCommand({
  verb: 'Drain',
  participle: 'draining',
  ability: 'drainable',
  request: (client, select) => client.request('drain', { select }),
});

/** End at once. Asked first, always. */
export const abortWorkers = workerCommand({
  verb: 'Abort',
  participle: 'aborted',
  ability: 'abortable',
  losesWork: () => true,
  request: (client, select) => client.request('abort', { select }),
});

/** End gracefully and start again under the same id. Asked first where a job is running. */
export const restartWorkers = workerCommand({
  verb: 'Restart',
  participle: 'restarted',
  ability: 'restartable',
  startsWork: true,
  losesWork: (workers) => workers.some((worker) => worker.job !== undefined),
  request: (client, select, force) => client.request('restart', { select, ...(force ? { force } : {}) }),
});

/** Finish the current job and take no other until resumed. */
export const pauseWorkers = workerCommand({
  verb: 'Pause',
  participle: 'paused',
  ability: 'pausable',
  request: (client, select) => client.request('pause', { select, paused: true }),
});

export const resumeWorkers = workerCommand({
  verb: 'Resume',
  participle: 'resumed',
  ability: 'resumable',
  startsWork: true,
  request: (client, select) => client.request('pause', { select, paused: false }),
});

/** Stop all their processes by a signal until they are let go on. */
export const freezeWorkers = workerCommand({
  verb: 'Freeze',
  participle: 'frozen',
  ability: 'freezable',
  request: (client, select) => client.request('freeze', { select, frozen: true }),
});

export const continueWorkers = workerCommand({
  verb: 'Continue',
  participle: 'continued',
  ability: 'continuable',
  startsWork: true,
  request: (client, select) => client.request('freeze', { select, frozen: false }),
});

/** End gracefully, after the pool's grace by force. Asked first where a job is running. */
export const stopWorkers = workerCommand({
  verb: 'Stop',
  participle: 'stopping',
  ability: 'stoppable',
  losesWork: (workers) => workers.some((worker) => worker.job !== undefined),
  request: (client, select) => client.request('stop', { select }),
});

/** Drop failed and dead ones from the list. Their jobs and logs stay. */
export const removeWorkers = workerCommand({
  verb: 'Remove',
  participle: 'removed',
  ability: 'removable',
  request: (client, select) => client.request('remove', { select }),
});
