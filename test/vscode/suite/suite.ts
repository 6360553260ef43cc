/**
 * The suite that runs inside the extension host: the commands and the API that VS Code sees, without a pointer. The same file
 * runs in the served workbench and in desktop VS Code.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { CrewState } from '../../../src/control/crew-state.ts';
import { connect } from '../../../src/control/connect.ts';
import { waitFor } from '../../wait-for.ts';

const crewFile = `pools:
  simulate:
    command: python3 simulate.py
    workers: 2
batches:
  sweep: { pool: simulate, matrix: { seed: 1..40 } }
`;
const worker = `
import nightcrew

@nightcrew.task
def run(job, seed):
    return {"square": seed * seed}

nightcrew.run()
`;

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('nightcrew.nightcrew');
  assert.ok(found, 'the extension is installed');
  return found;
}

function workspace(): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'a folder is open');
  return folder.uri.fsPath;
}

async function crewState(): Promise<CrewState | undefined> {
  const distribution = join(extension().extensionPath, 'dist');
  const client = await connect({ workspace: workspace(), client: 'suite', distribution });
  if (!client) return undefined;
  try {
    return await client.request('status', {});
  } finally {
    client.close();
  }
}

async function until(what: string, condition: (state: CrewState) => boolean): Promise<void> {
  let state: CrewState | undefined;
  await waitFor(
    what,
    async () => {
      state = await crewState();
      return state !== undefined && condition(state);
    },
    { seconds: 60, seen: () => JSON.stringify(state, undefined, 1) },
  );
}

const tests: Record<string, () => Promise<void>> = {
  'activates without starting anything, and without the parts that belong to other processes': async () => {
    await extension().activate();
    assert.equal(await crewState(), undefined);
    const bundle = readFileSync(join(extension().extensionPath, 'dist', 'extension.cjs'), 'utf8');
    for (const part of ['sql-wasm', 'forceKillAfterDelay']) assert.equal(bundle.includes(part), false, part);
  },

  'registers every command that it contributes': async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    const { contributes } = extension().packageJSON as { contributes: { commands: { command: string }[] } };
    assert.deepEqual(
      contributes.commands.map(({ command }) => command).filter((id) => !registered.has(id)),
      [],
    );
  },

  'starts the crew and works off a batch of the crew file': async () => {
    writeFileSync(join(workspace(), 'simulate.py'), worker);
    writeFileSync(join(workspace(), 'nightcrew.yaml'), crewFile);
    await waitFor('the file to be noticed and the crew to be started', async () => {
      await vscode.commands.executeCommand('nightcrew.startCrew');
      return (await crewState()) !== undefined;
    });
    await until(
      'two workers to register',
      ({ workers }) => workers.filter(({ healthy }) => healthy).length === 2,
    );
    await vscode.commands.executeCommand('nightcrew.enqueueBatch', 'sweep');
    await until('the batch to be done', ({ batches }) => batches[0]?.counts.done === 40);
  },

  'starts, holds and gives up the ramp of a pool': async () => {
    for (const [command, state] of [
      ['startRamp', 'soaking'],
      ['pauseRamp', 'paused'],
      ['resumeRamp', 'soaking'],
      ['abandonRamp', 'abandoned'],
    ]) {
      await vscode.commands.executeCommand(`nightcrew.${command}`, 'simulate');
      await until(`the ramp to be ${state}`, ({ pools }) => pools[0]?.ramp?.state === state);
    }
  },

  'opens one dashboard, however often it is asked': async () => {
    await vscode.commands.executeCommand('nightcrew.openDashboard');
    await vscode.commands.executeCommand('nightcrew.openDashboard');
    const dashboards = (): vscode.Tab[] =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .filter(
          ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('nightcrew'),
        );
    await waitFor('a dashboard', () => dashboards().length > 0);
    assert.equal(dashboards().length, 1);
  },

  'marks a mistake in the crew file where it stands, and shows its batches live': async () => {
    const uri = vscode.Uri.file(join(workspace(), 'nightcrew.yaml'));
    await vscode.window.showTextDocument(uri);
    let lenses: vscode.CodeLens[] = [];
    await waitFor('the lenses of the batches', async () => {
      lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        uri,
        10,
      );
      return lenses.some(({ command }) => command?.title.includes('40'));
    });
    writeFileSync(uri.fsPath, crewFile.replace('workers: 2', 'wrokers: 2'));
    await waitFor('the mistake to be marked', () => vscode.languages.getDiagnostics(uri).length > 0);
    const [problem] = vscode.languages.getDiagnostics(uri);
    assert.equal(problem?.range.start.line, 3);
    assert.match(problem.message, /wrokers/);
    writeFileSync(uri.fsPath, crewFile);
    await waitFor('the mark to go', () => vscode.languages.getDiagnostics(uri).length === 0);
  },
};

/** What VS Code calls. Throws when a test fails, after all have run. */
export async function run(): Promise<void> {
  const failures: string[] = [];
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test();
      console.log(`✔ ${name}`);
    } catch (error) {
      failures.push(name);
      console.error(`✖ ${name}\n${error instanceof Error ? error.stack : String(error)}`);
    }
  }
  if (failures.length > 0) throw new Error(`${failures.length} of ${Object.keys(tests).length} tests failed`);
}
