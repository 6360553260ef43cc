import * as vscode from 'vscode';
import { crewOf } from '../link-state.ts';
import { noWorkerYet } from '../refusals.ts';
import { healthReportMarkdown, healthSummary } from '../reports/health-report.ts';
import type { WorkersNode } from '../workers-view/workers-tree.ts';
import type { CommandContext } from './command-context.ts';
import { targetedWorkers, type WorkerTarget } from './worker-target.ts';
import { withProgress } from './with-progress.ts';

/** Checks the workers it is called on, or all, and shows the report. */
export async function healthCheck(
  context: CommandContext,
  target?: WorkerTarget,
  selected?: readonly WorkersNode[],
): Promise<void> {
  const client = context.link.client();
  const crew = crewOf(context.link.state);
  if (!crew || crew.workers.length === 0) throw noWorkerYet();
  const targeted = targetedWorkers(crew, target, selected);
  const select = targeted ? { workers: targeted.map((worker) => worker.id) } : { all: true as const };
  const report = await withProgress(() => client.request('health', { select }));
  const summary = healthSummary(report);
  context.log.info(`Health check: ${summary}`);
  for (const { worker, checks } of report.workers) {
    for (const check of checks.filter(({ ok }) => !ok)) {
      context.log.warn(`${worker}: ${check.name}: ${check.message}`);
    }
  }
  await context.reports.show('Health Check', healthReportMarkdown(report));
  const tell =
    report.healthy === report.total ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  void tell(summary);
}
