/**
 * Workers whose command leads to another machine (`ssh`, `srun`, `docker run`): the process here is only the way there. What it
 * uses is not what the worker uses, and that it lives does not say that the worker can be reached.
 */
import { hostname } from 'node:os';
import type { Worker } from './worker.ts';

export function isElsewhere({ profile }: Worker): boolean {
  return profile?.host !== undefined && profile.host !== hostname();
}
