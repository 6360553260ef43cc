/** Problems of the crew file where they are: in the editor and the Problems panel, as the supervisor found them. */
import * as vscode from 'vscode';
import type { CrewFileProblem } from '../../core/crew-file.ts';
import type { CrewFileReport } from '../../control/crew-state.ts';
import { fullText } from '../../control/full-text.ts';
import { crewOf } from '../link-state.ts';
import type { SupervisorLink } from '../supervisor-link.ts';

export function createCrewFileDiagnostics(link: SupervisorLink): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('nightcrew');
  let shown: CrewFileReport | undefined;
  const update = (): void => {
    const report = crewOf(link.state)?.crewFile;
    if (report === shown) return;
    shown = report;
    collection.clear();
    if (!report) return;
    collection.set(vscode.Uri.file(report.file), [
      ...report.problems.map((problem) => toDiagnostic(problem, vscode.DiagnosticSeverity.Error)),
      ...report.warnings.map((warning) => toDiagnostic(warning, vscode.DiagnosticSeverity.Warning)),
    ]);
  };
  update();
  const stop = link.onDidChange(update);
  return vscode.Disposable.from({ dispose: stop }, collection);
}

function toDiagnostic(problem: CrewFileProblem, severity: vscode.DiagnosticSeverity): vscode.Diagnostic {
  const line = Math.max(0, problem.line - 1);
  // The end is past any line's: VS Code cuts it, and so the mark reaches to the end of the line.
  const range = new vscode.Range(line, Math.max(0, problem.column - 1), line, Number.MAX_SAFE_INTEGER);
  const diagnostic = new vscode.Diagnostic(range, fullText(problem), severity);
  diagnostic.source = 'Nightcrew';
  return diagnostic;
}
