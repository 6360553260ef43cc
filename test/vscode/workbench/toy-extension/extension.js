/** One of each thing that the driver knows: a tree, a status bar item, questions, notifications, code lenses, a panel. */
import * as vscode from 'vscode';

export function activate(context) {
  const names = ['alice', 'bob'];
  const changed = new vscode.EventEmitter();
  const status = vscode.window.createStatusBarItem('crew', vscode.StatusBarAlignment.Left);
  status.name = 'Toy Crew';
  status.command = 'toy.panel';

  const workers = {
    onDidChangeTreeData: changed.event,
    getChildren: (parent) =>
      parent === undefined ? ['simulate', 'calibrate'] : parent === 'simulate' ? names : [],
    getTreeItem(element) {
      const isPool = !names.includes(element);
      const state = isPool ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None;
      const item = new vscode.TreeItem(element, state);
      item.id = element;
      item.contextValue = isPool ? 'pool' : 'worker';
      item.description = isPool ? 'pool' : 'idle';
      item.iconPath = new vscode.ThemeIcon(isPool ? 'server' : 'play', new vscode.ThemeColor('charts.green'));
      item.accessibilityInformation = { label: `${element}, ${item.contextValue}, ${item.description}` };
      return item;
    },
  };
  const jobs = { getChildren: () => [], getTreeItem: (element) => element };
  const lenses = {
    provideCodeLenses: () => [
      new vscode.CodeLens(new vscode.Range(0, 0, 0, 1), { command: 'toy.panel', title: 'Enqueue 600 jobs' }),
    ],
  };

  function refresh() {
    changed.fire();
    status.text = `$(server) ${names.length} workers`;
    status.tooltip = 'Open the dashboard';
    status.show();
  }

  async function add() {
    const pools = [
      { label: 'Simulate', description: 'python simulate.py' },
      { label: 'Calibrate', description: 'Rscript calibrate.R' },
    ];
    const pool = await vscode.window.showQuickPick(pools, {
      title: 'Add Worker',
      placeHolder: 'Which pool?',
    });
    if (pool === undefined) return;
    const name = await vscode.window.showInputBox({
      prompt: 'A name for the worker',
      validateInput: (value) => (names.includes(value) ? `${value} is taken` : undefined),
    });
    if (name === undefined) return;
    names.push(name);
    refresh();
    const answer = await vscode.window.showInformationMessage(`Added ${name} to ${pool.label}.`, 'Undo');
    if (answer === 'Undo') stop(name);
  }

  function stop(name) {
    names.splice(names.indexOf(name), 1);
    refresh();
  }

  async function abort(name) {
    const detail = 'What it did since its last checkpoint is lost.';
    const question = `Abort the job of ${name}?`;
    const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Abort Job');
    await vscode.window.showWarningMessage(
      answer === 'Abort Job' ? `Aborted the job of ${name}.` : 'Nothing happened.',
    );
  }

  async function tag() {
    const chosen = await vscode.window.showQuickPick(names, { canPickMany: true });
    await vscode.window.showErrorMessage(`Tagged ${chosen?.join(' and ')}.`);
  }

  function panel() {
    const view = vscode.window.createWebviewPanel('toy', 'Toy Dashboard', vscode.ViewColumn.One, {
      enableScripts: true,
    });
    view.webview.html = `<h1>Dashboard</h1><button>Press</button><output></output>
      <script>document.querySelector('button').onclick = () => (document.querySelector('output').value = 'pressed')</script>`;
  }

  const commands = { add, stop, abort, tag, panel };
  context.subscriptions.push(
    status,
    vscode.window.registerTreeDataProvider('toyWorkers', workers),
    vscode.window.registerTreeDataProvider('toyJobs', jobs),
    vscode.languages.registerCodeLensProvider({ pattern: '**/crew.txt' }, lenses),
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(`toy.${name}`, run)),
  );
  refresh();
}
