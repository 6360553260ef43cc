/** The parameters of one job as typed into one line: `alpha=0.1 site="Lake 4"`, or a JSON object. */
import type { Parameters } from '../../core/job.ts';
import { readMatrixText } from './matrix-text.ts';

export type ParametersReading = { parameters: Parameters } | { problem: string };

export function readParametersText(text: string): ParametersReading {
  const trimmed = text.trim();
  if (trimmed === '') return { parameters: {} };
  if (trimmed.startsWith('{')) return readJson(trimmed);
  const reading = readMatrixText(trimmed);
  if ('problem' in reading) return reading;
  const parameters: Parameters = {};
  for (const [name, values] of Object.entries(reading.matrix)) {
    if (typeof values === 'string' || values.length > 1) {
      return { problem: `${name} has several values: one job takes one. Choose the matrix for more.` };
    }
    parameters[name] = values[0];
  }
  return { parameters };
}

function readJson(text: string): ParametersReading {
  try {
    return { parameters: JSON.parse(text) as Parameters };
  } catch (error) {
    return { problem: `This is not valid JSON: ${(error as Error).message}` };
  }
}
