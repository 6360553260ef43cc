/**
 * Routes: which workers of a pool may take a job. A batch names parameters that must equal the worker's labels
 * (`match: [annotator, domain]`); the route is those names and values as one text, so that all jobs with the
 * same route share one queue.
 */
import type { Parameters } from './job.ts';
import type { Labels } from './worker.ts';

/** `annotator=ada&domain=law`, names sorted and both sides escaped; empty for a job that any worker may take. */
export function routeOf(parameters: Parameters, match: readonly string[]): string {
  if (match.length === 0) return '';
  return [...match]
    .sort()
    .map(
      (name) =>
        `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(String(parameters[name]).toWellFormed())}`,
    )
    .join('&');
}

/** Whether a worker with these labels may take jobs of this route. */
export function routeAccepts(route: string, labels: Labels): boolean {
  if (route === '') return true;
  return route.split('&').every((pair) => {
    const [name = '', value = ''] = pair.split('=');
    return labels[decodeURIComponent(name)] === decodeURIComponent(value);
  });
}
