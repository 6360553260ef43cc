/** Asks for what is to be enqueued. What is typed is checked while it is typed, and its size is shown. */
import * as vscode from 'vscode';
import type { EnqueueSource } from '../../control/enqueue-request.ts';
import { quantity } from '../../core/quantity.ts';
import { askText } from '../questions/ask-text.ts';
import { readMatrixText } from './matrix-text.ts';
import { readParametersText } from './parameters-text.ts';

export async function askMatrix(pool: string): Promise<EnqueueSource | undefined> {
  const text = await askText({
    title: `Enqueue a Matrix into ${pool}`,
    prompt: 'One job for each combination. Values by comma, ranges as 1..200 or 0..100..5.',
    placeHolder: 'alpha=0.1,0.2 seed=1..200',
    validate: (value) => {
      const reading = readMatrixText(value);
      return 'problem' in reading
        ? { message: reading.problem, severity: vscode.InputBoxValidationSeverity.Error }
        : {
            message: `${quantity(reading.count, 'job')}. Enter to enqueue.`,
            severity: vscode.InputBoxValidationSeverity.Info,
          };
    },
  });
  const reading = text === undefined ? undefined : readMatrixText(text);
  return reading && 'matrix' in reading ? { matrix: reading.matrix } : undefined;
}

export async function askFile(pool: string): Promise<EnqueueSource | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: `Enqueue Rows into ${pool}`,
      openLabel: 'Enqueue',
      filters: { 'CSV or JSON lines': ['csv', 'jsonl', 'ndjson'] },
    })) ?? [];
  if (!file) return undefined;
  return file.path.toLowerCase().endsWith('.csv') ? { csv: file.fsPath } : { jsonl: file.fsPath };
}

export async function askParameters(pool: string): Promise<EnqueueSource | undefined> {
  const text = await askText({
    title: `Enqueue One Job into ${pool}`,
    prompt: 'Parameters as name=value, or as a JSON object. Nothing for none.',
    placeHolder: 'alpha=0.1 seed=3',
    validate: (value) => {
      const reading = readParametersText(value);
      return 'problem' in reading ? reading.problem : undefined;
    },
  });
  const reading = text === undefined ? undefined : readParametersText(text);
  return reading && 'parameters' in reading ? { parameters: reading.parameters } : undefined;
}
