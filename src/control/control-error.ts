/** How the control API refuses: a code for programs, and words for people. */
/** Error codes of the control API, outside JSON-RPC's reserved range (-32768 … -32000). */
export const ControlErrorCode = {
  /** No such pool, worker, job, batch or file. */
  notFound: 4004,
  /** The request makes no sense as it stands. */
  badInput: 4000,
  /** Token or version refused. */
  refused: 4001,
  /** Another machine or container has the workspace, as far as its files tell; a person may have it taken over. */
  elsewhere: 4009,
  /** The crew file has problems. */
  crewFile: 4022,
  /** The disk refused; nothing was acknowledged. */
  storage: 5007,
  /** The supervisor is ending. */
  ending: 5003,
  internal: 5000,
} as const;

export type ControlErrorCode = (typeof ControlErrorCode)[keyof typeof ControlErrorCode];

/** Travels as JSON-RPC error data. */
export interface ControlErrorData {
  /** What to do now, for a person. */
  nextStep?: string;
  /** `file:line`, a pool, a job: what it is about. */
  place?: string;
}

export class ControlError extends Error {
  readonly code: number;
  readonly nextStep: string | undefined;
  readonly place: string | undefined;

  constructor(code: number, message: string, data: ControlErrorData = {}) {
    super(message);
    this.name = 'ControlError';
    this.code = code;
    this.nextStep = data.nextStep;
    this.place = data.place;
  }
}
