import * as vscode from 'vscode';
import type { NodePresentation } from './node-presentation.ts';

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
