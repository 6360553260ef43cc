import * as vscode from 'vscode';
import type { NodePresentation } from './node-presentation.ts';

/**
 * Milliseconds between two redraws of a tree. VS Code gathers the changes of a tree until none has come for 200 ms: a
 * crew that changes ten times a second would never be redrawn.
 */
export const TREE_REFRESH_INTERVAL = 500;

/** Milliseconds that figures stand still after a hover was opened. */
export const READING_TIME = 10_000;

export function toTreeItem(
  presentation: NodePresentation,
  collapsible: vscode.TreeItemCollapsibleState,
): vscode.TreeItem {
  const item = new vscode.TreeItem(presentation.label, collapsible);
  item.id = presentation.id;
  item.contextValue = presentation.contextValue;
  item.accessibilityInformation = { label: presentation.spoken };
  item.iconPath = new vscode.ThemeIcon(
    presentation.icon,
    presentation.color === undefined ? undefined : new vscode.ThemeColor(presentation.color),
  );
  if (presentation.description !== undefined) item.description = presentation.description;
  return item;
}
