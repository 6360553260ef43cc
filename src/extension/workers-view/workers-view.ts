/** The Workers view: its tree, the message above it and the badge on the activity bar. */
import * as vscode from 'vscode';
import { fullText } from '../../control/full-text.ts';
import { TROUBLE_TITLES } from '../../control/trouble-title.ts';
import { ViewId } from '../contributions.ts';
import { quantity } from '../../core/quantity.ts';
import { crewOf, type LinkChange, type LinkState } from '../link-state.ts';
import type { SupervisorLink } from '../supervisor-link.ts';
import { WorkersTree, type WorkersRow } from './workers-tree.ts';

export function createWorkersView(link: SupervisorLink): vscode.Disposable {
  const tree = new WorkersTree(link);
  const view = vscode.window.createTreeView<WorkersRow>(ViewId.workers, {
    treeDataProvider: tree,
    canSelectMany: true,
    showCollapseAll: true,
  });
  const shown: { message?: string; badge?: string } = {};
  const update = ({ state }: LinkChange): void => {
    tree.update();
    // Each assignment goes to the window, and deltas come ten times a second.
    const message = messageFor(state) ?? '';
    if (message !== shown.message) view.message = shown.message = message;
    const badge = badgeFor(state);
    if (badge?.tooltip !== shown.badge) {
      shown.badge = badge?.tooltip ?? '';
      view.badge = badge;
    }
  };
  update({ state: link.state });
  const stop = link.onDidChange(update);
  return vscode.Disposable.from({ dispose: stop }, view, tree);
}

function messageFor(state: LinkState): string | undefined {
  if (state.kind === 'refused') return fullText(state.refusal);
  const crew = crewOf(state);
  if (!crew) return undefined;
  if (state.kind === 'connecting') return 'Reconnecting to the supervisor. Workers go on meanwhile.';
  const { problems, meanwhile } = crew.crewFile;
  const lines = crew.troubles.map(fullText);
  if (problems.length > 0)
    lines.push([`The crew file has ${quantity(problems.length, 'problem')}.`, meanwhile].join(' ').trim());
  return lines.length === 0 ? undefined : lines.join('\n');
}

function badgeFor(state: LinkState): vscode.ViewBadge | undefined {
  const crew = crewOf(state);
  const failed = crew?.workers.filter((worker) => worker.state === 'FAILED').length ?? 0;
  const reasons = crew?.troubles.map(({ kind }) => TROUBLE_TITLES[kind]) ?? [];
  const value = reasons.length + failed;
  if (failed > 0) reasons.push(`${quantity(failed, 'worker')} failed`);
  return value === 0 ? undefined : { value, tooltip: reasons.join(', ') };
}
