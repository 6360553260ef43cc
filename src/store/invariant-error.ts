/**
 * An event does not fit the state it would change, e.g. a job finished by an attempt that is not the running one: a bug in
 * who appended it. The store refuses such an event where it can (`event-guard.ts`); one that is journaled all the same ends
 * the projection, because going on would show a wrong state.
 */
export class InvariantError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InvariantError';
  }
}
