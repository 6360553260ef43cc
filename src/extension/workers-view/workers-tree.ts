/**
 * The Workers tree: pools, and in each its workers. A change of condition is drawn at once; figures, which change all the
 * time, are drawn seldom and never while a person reads a hover, because each redraw of a row closes its hover.
 */
import * as vscode from 'vscode';
import type { CrewState, PoolView, WorkerView } from '../../control/crew-state.ts';
import { systemClock } from '../../core/clock.ts';
import { Coalescer } from '../coalescer.ts';
import type { CommandId } from '../contributions.ts';
import { clientOf, crewOf, type LinkState } from '../link-state.ts';
import { situationOf } from '../situation.ts';
import type { SupervisorLink } from '../supervisor-link.ts';
import { READING_TIME, toTreeItem, TREE_REFRESH_INTERVAL } from '../tree-item.ts';
import { isSameCondition, looksTheSame, type NodePresentation } from '../node-presentation.ts';
import { poolTooltip } from '../pool-tooltip.ts';
import { presentPool } from './pool-presentation.ts';
import { refusalActionItem, refusalActions } from './refusal-actions.ts';
import { presentWorker } from './worker-presentation.ts';
import { workerTooltip } from './worker-tooltip.ts';

/** Milliseconds between two redraws of figures. */
const FIGURES_INTERVAL = 3000;

/** What the tree's commands are called with. Holds names and no state, so that a node never goes out of date. */
export type WorkersNode = { kind: 'pool'; pool: string } | { kind: 'worker'; worker: string; pool: string };

/** The last: one of the things that can be done while no crew can be shown. */
export type WorkersRow = WorkersNode | { kind: 'action'; command: CommandId };

export class WorkersTree implements vscode.TreeDataProvider<WorkersRow> {
  readonly #changes = new vscode.EventEmitter<WorkersRow | WorkersRow[] | undefined>();
  readonly onDidChangeTreeData = this.#changes.event;
  readonly #link: SupervisorLink;
  readonly #conditions = new Coalescer(systemClock, TREE_REFRESH_INTERVAL, () => this.#redrawConditions());
  readonly #figures = new Coalescer(systemClock, FIGURES_INTERVAL, () => this.#redrawFigures());
  /** One object for each node, by id: VS Code knows a node by its identity. */
  readonly #nodes = new Map<string, WorkersRow>();
  /** How each node was last drawn. */
  readonly #drawn = new Map<string, NodePresentation>();
  #outline = '';
  #readUntil = 0;

  constructor(link: SupervisorLink) {
    this.#link = link;
  }

  /** To be called with every change of the link. */
  update(): void {
    this.#conditions.request();
    this.#figures.request();
  }

  getChildren(parent?: WorkersRow): WorkersRow[] {
    if (!parent) {
      const actions = refusalActions(situationOf(this.#link.state, false));
      if (actions.length > 0) return actions.map(({ command }) => this.#node({ kind: 'action', command }));
    }
    const crew = crewOf(this.#link.state);
    // Without a single worker the view's welcome says what to do; the Queue view shows the pools.
    if (!crew || crew.workers.length === 0) return [];
    if (!parent) return poolNames(crew).map((pool) => this.#node({ kind: 'pool', pool }));
    if (parent.kind !== 'pool') return [];
    return workersOf(crew, parent.pool)
      .map((worker) => worker.id)
      .sort(naturalOrder.compare)
      .map((worker) => this.#node({ kind: 'worker', worker, pool: parent.pool }));
  }

  getParent(node: WorkersRow): WorkersRow | undefined {
    return node.kind === 'worker' ? this.#node({ kind: 'pool', pool: node.pool }) : undefined;
  }

  getTreeItem(node: WorkersRow): vscode.TreeItem {
    const { state } = this.#link;
    if (node.kind === 'action') {
      const action = refusalActions(situationOf(state, false)).find(
        ({ command }) => command === node.command,
      );
      return action ? refusalActionItem(action) : new vscode.TreeItem('');
    }
    const crew = crewOf(state);
    const presentation = crew && present(node, crew);
    if (!presentation) return new vscode.TreeItem('');
    this.#drawn.set(presentation.id, presentation);
    return toTreeItem(
      presentation,
      node.kind === 'pool' ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None,
    );
  }

  /** The hover is made when it is asked for, and so is always of this moment. */
  async resolveTreeItem(item: vscode.TreeItem, node: WorkersRow): Promise<vscode.TreeItem> {
    this.#readUntil = systemClock.monotonic() + READING_TIME;
    const crew = crewOf(this.#link.state);
    if (node.kind === 'worker') {
      const worker = crew?.workers.find(({ id }) => id === node.worker);
      if (worker) item.tooltip = new vscode.MarkdownString(workerTooltip(worker, Date.now()), true);
    } else if (node.kind === 'pool') {
      const pool = crew?.pools.find(({ name }) => name === node.pool);
      if (pool) item.tooltip = await poolTooltip(pool, clientOf(this.#link.state));
    }
    return item;
  }

  dispose(): void {
    this.#conditions.cancel();
    this.#figures.cancel();
    this.#changes.dispose();
  }

  #redrawConditions(): void {
    const outline = outlineOf(this.#link.state);
    if (outline === this.#outline) {
      this.#redrawWhere((drawn, now) => !isSameCondition(drawn, now));
      return;
    }
    this.#outline = outline;
    this.#nodes.clear();
    this.#drawn.clear();
    this.#changes.fire(undefined);
  }

  #redrawFigures(): void {
    if (systemClock.monotonic() < this.#readUntil) this.#figures.request();
    else this.#redrawWhere((drawn, now) => !looksTheSame(drawn, now));
  }

  #redrawWhere(isChanged: (drawn: NodePresentation, now: NodePresentation) => boolean): void {
    const crew = crewOf(this.#link.state);
    if (!crew) return;
    const changed = [...this.#nodes.values()].filter((node) => {
      const drawn = this.#drawn.get(nodeId(node));
      const now = present(node, crew);
      return drawn && now && isChanged(drawn, now);
    });
    if (changed.length > 0) this.#changes.fire(changed);
  }

  #node(node: WorkersRow): WorkersRow {
    const known = this.#nodes.get(nodeId(node));
    if (known) return known;
    this.#nodes.set(nodeId(node), node);
    return node;
  }
}

const naturalOrder = new Intl.Collator('en', { numeric: true });

/** Which nodes there are: when this text changes, the tree's shape did. */
function outlineOf(state: LinkState): string {
  if (state.kind === 'refused') return JSON.stringify(refusalActions(situationOf(state, false)));
  const crew = crewOf(state);
  if (!crew || crew.workers.length === 0) return '';
  const workers = crew.workers.map((worker) => `${worker.pool}/${worker.id}`).sort();
  return JSON.stringify([poolNames(crew), workers]);
}

/** Declared pools in their order, then any that only has workers left. */
function poolNames(crew: CrewState): string[] {
  return [...new Set([...crew.pools.map((pool) => pool.name), ...crew.workers.map((worker) => worker.pool)])];
}

function workersOf(crew: CrewState, pool: string): WorkerView[] {
  return crew.workers.filter((worker) => worker.pool === pool);
}

function nodeId(node: WorkersRow): string {
  if (node.kind === 'action') return `action:${node.command}`;
  return node.kind === 'pool' ? `pool:${node.pool}` : `worker:${node.worker}`;
}

function present(node: WorkersRow, crew: CrewState): NodePresentation | undefined {
  if (node.kind === 'action') return undefined;
  if (node.kind === 'worker') {
    const worker = crew.workers.find(({ id }) => id === node.worker);
    return worker && presentWorker(worker);
  }
  const pool = crew.pools.find(({ name }) => name === node.pool) ?? formerPool(node.pool);
  return presentPool(pool, workersOf(crew, node.pool));
}

/** A pool that left the crew file while workers of it live on. */
function formerPool(name: string): PoolView {
  return {
    name,
    command: [],
    protocol: 'worker',
    wanted: 0,
    counts: { pending: 0, running: 0, done: 0, failed: 0, cancelled: 0 },
    perMinute: 0,
  };
}
