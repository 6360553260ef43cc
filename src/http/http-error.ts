/** The one shape of every refusal, and which status each gets. */
import { ControlError, ControlErrorCode } from '../control/control-error.ts';
import type { WorkerOutcome } from '../control/selection.ts';
import { workerOutcome } from './schemas/outcomes.ts';
import { component, describes, listOf, oneOf, optional, text } from './schemas/schema.ts';

/** What a program decides by; the status says the same. */
const STATUS = {
  badRequest: 400,
  unauthorized: 401,
  forbidden: 403,
  notFound: 404,
  methodNotAllowed: 405,
  timeout: 408,
  conflict: 409,
  tooLarge: 413,
  unsupportedMediaType: 415,
  crewFile: 422,
  headersTooLarge: 431,
  internal: 500,
  unavailable: 503,
  storage: 507,
} as const;
export type HttpErrorCode = keyof typeof STATUS;

export interface ErrorBody {
  error: {
    code: HttpErrorCode;
    message: string;
    /** What it is about: a member, a job, a pool, `file:line`. */
    place?: string;
    nextStep?: string;
  };
  /** What happened to each worker, where that is what was refused. */
  outcomes?: WorkerOutcome[];
}

export const errorBody = component(
  'Error',
  describes<ErrorBody>({
    error: describes<ErrorBody['error']>({
      code: oneOf(Object.keys(STATUS), 'For programs.'),
      message: text('For people.'),
      place: optional(text('What it is about: a member, a job, a pool, `file:line`.')),
      nextStep: optional(text('What to do now.')),
    }),
    outcomes: optional(listOf(workerOutcome)),
  }),
);

interface Details {
  place?: string | undefined;
  nextStep?: string | undefined;
  headers?: Record<string, string>;
  outcomes?: WorkerOutcome[];
}

export class HttpError extends Error {
  readonly code: HttpErrorCode;
  readonly details: Details;

  constructor(code: HttpErrorCode, message: string, details: Details = {}) {
    super(message);
    this.name = 'HttpError';
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return STATUS[this.code];
  }

  get body(): ErrorBody {
    const { place, nextStep, outcomes } = this.details;
    return {
      error: {
        code: this.code,
        message: this.message,
        ...(place === undefined ? {} : { place }),
        ...(nextStep === undefined ? {} : { nextStep }),
      },
      ...(outcomes === undefined ? {} : { outcomes }),
    };
  }
}

const CODES: Partial<Record<number, HttpErrorCode>> = {
  [ControlErrorCode.notFound]: 'notFound',
  [ControlErrorCode.badInput]: 'badRequest',
  [ControlErrorCode.crewFile]: 'crewFile',
  [ControlErrorCode.storage]: 'storage',
  // The supervisor is ending, or is one that cannot be worked with: that passes, or a person must see to it.
  [ControlErrorCode.ending]: 'unavailable',
  [ControlErrorCode.refused]: 'unavailable',
};

/** What was thrown, as a refusal. */
export function asHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (!(error instanceof ControlError)) {
    return new HttpError('internal', 'The HTTP face failed at this request.', {
      nextStep: 'This is a defect of Nightcrew; the process that serves has printed the details.',
    });
  }
  const { message, place, nextStep } = error;
  const code = CODES[error.code] ?? 'internal';
  return new HttpError(code, message, {
    place,
    nextStep,
    ...(code === 'unavailable' ? { headers: { 'Retry-After': '1' } } : {}),
  });
}
