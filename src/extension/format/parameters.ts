import type { Parameters } from '../../core/job.ts';

/** `alpha=0.1 seed=3`: a job as a person recognises it. Cut at `limit` characters, since parameters may hold a text. */
export function formatParameters(parameters: Parameters, limit = 80): string {
  const text = Object.entries(parameters)
    .map(([name, value]) => `${name}=${formatValue(value)}`)
    .join(' ');
  return truncate(text, limit);
}

function formatValue(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
}

/** On one line, with an ellipsis where something was cut. */
export function truncate(text: string, limit: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 1)}…`;
}
