/** The Queue view. Its nodes are made anew with each change and compared with those drawn, so only what differs is redrawn. */
import * as vscode from 'vscode';
import { CommandId, ViewId } from '../contributions.ts';
import { crewOf, type LinkChange } from '../link-state.ts';
import { looksTheSame } from '../node-presentation.ts';
import type { SupervisorLink } from '../supervisor-link.ts';
import { toTreeItem } from '../tree-item.ts';
import { queueNodes, type QueueNode } from './queue-nodes.ts';

/** What the tree holds: an id that stays, behind which the node is looked up. */
export interface QueueElement {
  readonly id: string;
  node: QueueNode;
}

class QueueTree implements vscode.TreeDataProvider<QueueElement> {
  readonly #changes = new vscode.EventEmitter<QueueElement | QueueElement[] | undefined>();
  readonly onDidChangeTreeData = this.#changes.event;
  readonly #elements = new Map<string, QueueElement>();
  #roots: QueueNode[] = [];

  update({ state }: LinkChange): void {
    const crew = crewOf(state);
    const roots = crew ? queueNodes(crew) : [];
    const changed: QueueElement[] = [];
    const shapeChanged = idsOf(roots) !== idsOf(this.#roots);
    this.#roots = roots;
    const known = new Set<string>();
    for (const node of flatten(roots)) {
      known.add(node.id);
      const element = this.#elements.get(node.id);
      if (!element) continue;
      const before = element.node;
      element.node = node;
      if (!looksTheSame(before, node) || idsOf(before.children) !== idsOf(node.children))
        changed.push(element);
    }
    for (const id of this.#elements.keys()) if (!known.has(id)) this.#elements.delete(id);
    if (shapeChanged) this.#changes.fire(undefined);
    else if (changed.length > 0) this.#changes.fire(changed);
  }

  getChildren(parent?: QueueElement): QueueElement[] {
    return (parent ? parent.node.children : this.#roots).map((node) => this.#element(node));
  }

  getTreeItem({ node }: QueueElement): vscode.TreeItem {
    const collapsible =
      node.children.length === 0
        ? vscode.TreeItemCollapsibleState.None
        : vscode.TreeItemCollapsibleState.Expanded;
    const item = toTreeItem(node, collapsible);
    if (node.tooltip !== undefined) item.tooltip = node.tooltip;
    if (node.job !== undefined) {
      item.command = { command: CommandId.showJob, title: 'Show Job', arguments: [node.job] };
    }
    return item;
  }

  dispose(): void {
    this.#changes.dispose();
  }

  #element(node: QueueNode): QueueElement {
    const known = this.#elements.get(node.id);
    if (known) return known;
    const element = { id: node.id, node };
    this.#elements.set(node.id, element);
    return element;
  }
}

export function createQueueView(link: SupervisorLink): vscode.Disposable {
  const tree = new QueueTree();
  tree.update({ state: link.state });
  const view = vscode.window.createTreeView<QueueElement>(ViewId.queue, { treeDataProvider: tree });
  const stop = link.onDidChange((change) => tree.update(change));
  return vscode.Disposable.from({ dispose: stop }, view, tree);
}

function idsOf(nodes: QueueNode[]): string {
  return nodes.map((node) => node.id).join('\n');
}

function flatten(nodes: QueueNode[]): QueueNode[] {
  return nodes.flatMap((node) => [node, ...flatten(node.children)]);
}
