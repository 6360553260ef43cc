/** How the store fails. */
/** The disk refused, or the files are not what this version can read. `nextStep` is written for a person. */
export class StoreError extends Error {
  readonly file: string;
  readonly nextStep: string;

  constructor(message: string, file: string, nextStep: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.file = file;
    this.nextStep = nextStep;
  }
}
