/** The Queue view. Its nodes are made anew with each change and compared with those drawn, so only what differs is redrawn. */
import * as vscode from 'vscode';
import { systemClock } from '../../core/clock.ts';
import { Coalescer } from '../coalescer.ts';
import { CommandId, ViewId } from '../contributions.ts';
import { clientOf, crewOf, type LinkChange } from '../link-state.ts';
import { looksTheSame } from '../node-presentation.ts';
import { poolTooltip } from '../pool-tooltip.ts';
import type { SupervisorLink } from '../supervisor-link.ts';
import { READING_TIME, toTreeItem, TREE_REFRESH_INTERVAL } from '../tree-item.ts';
import { queueNodes, type QueueNode } from './queue-nodes.ts';
import { RecentFailures } from './recent-failures.ts';

/** What the tree holds: an id that stays, behind which the node is looked up. */
export interface QueueElement {
  readonly id: string;
  node: QueueNode;
}

class QueueTree implements vscode.TreeDataProvider<QueueElement> {
  readonly #changes = new vscode.EventEmitter<QueueElement | QueueElement[] | undefined>();
  readonly onDidChangeTreeData = this.#changes.event;
  readonly #elements = new Map<string, QueueElement>();
  readonly #link: SupervisorLink;
  readonly #refreshes = new Coalescer(systemClock, TREE_REFRESH_INTERVAL, () => this.#refresh());
  readonly #failures = new RecentFailures(() => this.#refreshes.request());
  #roots: QueueNode[] = [];
  /** Each redraw of a row closes its hover: until then figures stand still. */
  #readUntil = 0;

  constructor(link: SupervisorLink) {
    this.#link = link;
    this.update({ state: link.state });
  }

  /** To be called with every change of the link. */
  update(change: LinkChange): void {
    this.#failures.update(change);
    this.#refreshes.request();
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

  /** Of a pool the hover is made when it is asked for. */
  async resolveTreeItem(item: vscode.TreeItem, { node }: QueueElement): Promise<vscode.TreeItem> {
    this.#readUntil = systemClock.monotonic() + READING_TIME;
    if (!/^queue\b/.test(node.contextValue)) return item;
    const { state } = this.#link;
    const pool = crewOf(state)?.pools.find(({ name }) => name === node.pool);
    if (pool) item.tooltip = await poolTooltip(pool, clientOf(state));
    return item;
  }

  dispose(): void {
    this.#refreshes.cancel();
    this.#changes.dispose();
  }

  #refresh(): void {
    const crew = crewOf(this.#link.state);
    const roots = crew ? queueNodes(crew, this.#failures.list) : [];
    const changed: QueueElement[] = [];
    const shapeChanged = idsOf(roots) !== idsOf(this.#roots);
    const sameNodes = idsOf(flatten(roots)) === idsOf(flatten(this.#roots));
    if (sameNodes && systemClock.monotonic() < this.#readUntil) {
      this.#refreshes.request();
      return;
    }
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

  #element(node: QueueNode): QueueElement {
    const known = this.#elements.get(node.id);
    if (known) return known;
    const element = { id: node.id, node };
    this.#elements.set(node.id, element);
    return element;
  }
}

export function createQueueView(link: SupervisorLink): vscode.Disposable {
  const tree = new QueueTree(link);
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
