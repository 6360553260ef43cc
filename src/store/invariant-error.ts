/**
 * An event does not fit the state it is applied to, e.g. a job finished by an attempt that is not the running one. Such an
 * event must never have been journaled: this is a bug in who appended it, and going on would make it permanent.
 */
export class InvariantError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InvariantError';
  }
}
