/**
 * The newest failed jobs. The crew's own list of ended jobs is of all outcomes, and in a busy queue a failure would
 * leave it within seconds; whoever comes back in the morning wants to see it.
 */
import type { JobRow } from '../../core/job-records.ts';
import type { RecentJob } from '../../control/crew-state.ts';
import type { ControlClient } from '../../control/client-contract.ts';
import type { JobId, Parameters } from '../../core/job.ts';
import type { LinkChange } from '../link-state.ts';

export interface FailedJob {
  id: JobId;
  batchName: string;
  parameters: Parameters;
  reason: string;
  traceback?: string;
  worker?: string;
}

export const FAILURES_KEPT = 10;

export class RecentFailures {
  readonly #onChange: () => void;
  #client: ControlClient | undefined;
  #failures: FailedJob[] = [];

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Newest first. */
  get list(): readonly FailedJob[] {
    return this.#failures;
  }

  /** To be called with every change of the link. Asks once for each connection, then follows the deltas. */
  update({ state, delta }: LinkChange): void {
    if (state.kind === 'connected' && state.client !== this.#client) {
      this.#client = state.client;
      void this.#ask(state.client);
    } else if (state.kind !== 'connected' && state.kind !== 'connecting') {
      this.#client = undefined;
      this.#failures = [];
    }
    const failed = delta?.recent?.filter((job) => job.state === 'failed') ?? [];
    if (failed.length > 0) this.#keep([...failed.map(fromRecentJob), ...this.#failures]);
  }

  async #ask(client: ControlClient): Promise<void> {
    try {
      const { jobs } = await client.request('jobs', {
        states: ['failed'],
        newestFirst: true,
        limit: FAILURES_KEPT,
      });
      // What failed since the question is newer than the answer.
      if (client === this.#client) this.#keep([...this.#failures, ...jobs.map(fromJobRow)]);
    } catch {
      // The connection closed: the next one asks again.
      return;
    }
  }

  #keep(failures: FailedJob[]): void {
    const byId = new Map<JobId, FailedJob>();
    for (const failure of failures) if (!byId.has(failure.id)) byId.set(failure.id, failure);
    this.#failures = [...byId.values()].slice(0, FAILURES_KEPT);
    this.#onChange();
  }
}

function fromRecentJob(job: RecentJob): FailedJob {
  return {
    id: job.id,
    batchName: job.batchName,
    parameters: job.parameters,
    reason: job.error?.message ?? job.outcome,
    worker: job.worker,
    ...(job.error?.traceback ? { traceback: job.error.traceback } : {}),
  };
}

function fromJobRow(job: JobRow): FailedJob {
  return {
    id: job.id,
    batchName: job.batchName,
    parameters: job.parameters,
    reason: job.error?.message ?? 'failed',
    ...(job.error?.traceback ? { traceback: job.error.traceback } : {}),
    ...(job.worker === undefined ? {} : { worker: job.worker }),
  };
}
