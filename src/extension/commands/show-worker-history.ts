import { crewOf } from '../link-state.ts';
import { historyReportMarkdown } from '../reports/history-report.ts';
import { chooseWorker } from './choose-worker.ts';
import type { CommandContext } from './command-context.ts';
import type { WorkerTarget } from './worker-target.ts';

/** Transitions in one report; a worker that flaps for a week has thousands. */
const TRANSITIONS_SHOWN = 500;

/** Why a worker is in its state, and how it came there. */
export async function showWorkerHistory(context: CommandContext, target?: WorkerTarget): Promise<void> {
  const client = context.link.client();
  const worker = await chooseWorker(crewOf(context.link.state)?.workers ?? [], 'Show Worker History', target);
  if (!worker) return;
  const transitions = await client.request('history', { worker: worker.id, limit: TRANSITIONS_SHOWN });
  await context.reports.show(`History of ${worker.id}`, historyReportMarkdown(worker.id, transitions));
}
