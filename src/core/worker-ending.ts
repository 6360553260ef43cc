/**
 * What has been decided about a worker that is to end. It is recorded before it is carried out, so that whoever
 * supervises the worker at its end does what was decided: a restart stays a restart.
 */
export interface WorkerEnding {
  /** State and reason the worker takes when its process is gone. */
  to: 'DEAD' | 'FAILED';
  reason: string;
  /** What becomes of the job it was computing. */
  outcome: 'aborted' | 'failed' | 'crashed' | 'timed-out' | 'cancelled' | 'lost';
  /** Started again under its id afterwards. */
  relaunch: boolean;
  /** When it is ended by force, milliseconds since 1970; undefined: it may take as long as its job takes. */
  forceAt?: number;
  /** The whole tree is to be ended at once. */
  forced: boolean;
}

/** A person has it started again; not something that it did, or that befell it. */
export function isAskedFor({ to, outcome }: Pick<WorkerEnding, 'to' | 'outcome'>): boolean {
  return to === 'DEAD' && (outcome === 'aborted' || outcome === 'crashed');
}
