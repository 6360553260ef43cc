/**
 * What a worker says. Every message about a job carries its attempt; one that does not fit what the worker was given
 * is refused and changes nothing.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { admit, attemptOfId, type Spoken } from '../core/fencing.ts';
import {
  ErrorCode,
  Limit,
  Method,
  PROTOCOL_VERSION,
  type HeartbeatParams,
  type InitializeParams,
  type InitializeResult,
} from '../protocol/generated/messages.ts';
import { moveProgress } from '../core/progress-stall.ts';
import { OVERSIZED_METHOD, type Handle, type OversizedDetail, type StrayDetail } from '../keeper/contract.ts';
import type { Store } from '../store/contract.ts';
import type { Changes } from './changes.ts';
import type { AttemptEnd, Dispatcher } from './dispatcher.ts';
import { isElsewhere } from './elsewhere.ts';
import type { HealthJudge } from './health-judge.ts';
import { launchToken, sameSecret } from './launch-token.ts';
import type { Log } from './log.ts';
import type { PoolRegister } from './pool-register.ts';
import { Refusals } from './refusals.ts';
import type { Roster } from './roster.ts';
import type { Assignment, Ending, Worker } from './worker.ts';
import { initializeProblem, profileOf } from './worker-profile.ts';

/** How a worker is to be ended that cannot go on. */
type Unfit = Pick<Ending, 'reason' | 'outcome'> & { relaunch?: boolean };

interface Incoming {
  id?: unknown;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { code: number; message: string; data?: { type?: string; traceback?: string } };
}

/** What `$/progress` and `job/checkpoint` carry, as far as a worker keeps to the protocol. */
interface JobNews {
  jobId?: unknown;
  attempt?: unknown;
  fraction?: unknown;
  message?: unknown;
  checkpoint?: unknown;
}

/** Between two checkpoints of an attempt that are recorded, milliseconds. */
const CHECKPOINT_INTERVAL = 1_000;

/** Bytes; what stands around a checkpoint in its message is less. */
const ENVELOPE = 1024;
/** How an answer to `job/run` begins when its id stands before its result; anywhere else an id may be a job's own data. */
const ANSWER_BEGINNING =
  /^\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*"([\d.]{1,40})"\s*,\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"(?:result|error)"/;

/** Characters of what a failed job says; what is longer helps nobody and costs every face. */
const LONGEST_MESSAGE = 10_000;
const LONGEST_TRACEBACK = 100_000;

interface Parts {
  store: Store;
  roster: Roster;
  pools: PoolRegister;
  judge: HealthJudge;
  dispatcher: Dispatcher;
  clock: Clock;
  changes: Changes;
  log: Log;
  /** What launch tokens are made from. */
  tokenSecret: () => string;
}

export class WorkerMessages {
  readonly #parts: Parts;
  readonly #refusals: Refusals;
  /** Requests of ours other than `job/run`, by id, and who is to answer. */
  readonly #waiting = new Map<string, { worker: Worker; settle: (answered: boolean) => void }>();
  /** In every id, so that a late answer to a predecessor is not taken for one to us. */
  readonly #life = randomUUID().slice(0, 8);
  #nextRequest = 1;
  #onUnfit: (worker: Worker, ending: Unfit) => void = () => undefined;
  #onEndedWork: (worker: Worker) => void = () => undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#refusals = new Refusals(parts.clock, parts.log);
  }

  /** A worker that may not register, or that said more than can be taken; whoever listens ends it. */
  onUnfit(listener: (worker: Worker, ending: Unfit) => void): void {
    this.#onUnfit = listener;
  }

  /** After each attempt's end: a draining worker may be ready to go. */
  onEndedWork(listener: (worker: Worker) => void): void {
    this.#onEndedWork = listener;
  }

  receive(handle: Handle, sequence: number, body: Buffer): void {
    const { roster, store } = this.#parts;
    const worker = roster.byHandle(handle);
    const before = store.lastSequence;
    try {
      if (worker) this.#dispatch(worker, sequence, body);
      else
        this.#refusals.tell(
          `Process ${handle} of the keeper`,
          'is no worker of this crew (any more) but speaks',
        );
    } catch (error) {
      // It would come again for every successor: what cannot be dealt with is told and passed over.
      this.#parts.log.error(`A message of ${worker?.id} could not be dealt with.`, error);
    }
    this.#parts.dispatcher.received(handle, sequence, store.lastSequence !== before);
  }

  /** What came over its stdout and is no message; the keeper has put it into the worker's log. */
  stray(handle: Handle, { bytes, reason }: StrayDetail): void {
    const worker = this.#parts.roster.byHandle(handle);
    if (!worker) return;
    const what = `wrote ${bytes} bytes to stdout that are no message (${reason}) and went into its log`;
    this.#refusals.tell(worker.id, what);
  }

  /** Asks the worker something; resolves false when it is gone or `milliseconds` passed without an answer. */
  ask(
    worker: Worker,
    method: typeof Method.workerPing | typeof Method.shutdown,
    milliseconds: number,
  ): Promise<boolean> {
    const id = `${method}-${this.#life}-${this.#nextRequest++}`;
    return new Promise((resolve) => {
      const settle = (answered: boolean): void => {
        cancel();
        this.#waiting.delete(id);
        resolve(answered);
      };
      const cancel = this.#parts.clock.after(milliseconds, () => settle(false));
      this.#waiting.set(id, { worker, settle });
      this.#parts.dispatcher.send(worker, JSON.stringify({ jsonrpc: '2.0', id, method }));
    });
  }

  notify(worker: Worker, method: typeof Method.workerDrain | typeof Method.exit): void {
    this.#parts.dispatcher.send(worker, JSON.stringify({ jsonrpc: '2.0', method, params: {} }));
  }

  #dispatch(worker: Worker, sequence: number, body: Buffer): void {
    let message: Incoming;
    try {
      message = JSON.parse(body.toString()) as Incoming;
      if (typeof message !== 'object' || message === null) throw new Error('not an object');
    } catch (error) {
      this.#refusals.tell(worker.id, `sent a frame that is not JSON (${(error as Error).message})`);
      return;
    }
    if (message.method === undefined) this.#answered(worker, message);
    else this.#called(worker, sequence, body, message, message.method);
  }

  #answered(worker: Worker, message: Incoming): void {
    const waiting = typeof message.id === 'string' ? this.#waiting.get(message.id) : undefined;
    if (waiting?.worker === worker) return waiting.settle(true);
    const assignment = this.#admitted(worker, attemptOfId(message.id), `answered ${shown(message.id)}`);
    if (!assignment) return;
    this.#parts.dispatcher.finish(worker, assignment, attemptEnd(assignment, message));
    this.#onEndedWork(worker);
  }

  /** The attempt that a message is about, if the fence lets it through. */
  #admitted(worker: Worker, about: Spoken | undefined, what: string): Assignment | undefined {
    const verdict = admit(about ?? {}, worker.assignments);
    if ('about' in verdict) return verdict.about;
    this.#refusals.tell(worker.id, `${what}, which is ${verdict.refused}`);
    return undefined;
  }

  #called(worker: Worker, sequence: number, body: Buffer, message: Incoming, method: string): void {
    switch (method) {
      case Method.initialize:
        return this.#initialize(worker, message);
      case Method.initialized:
        return this.#initialized(worker);
      case Method.workerHeartbeat:
        return this.#heartbeat(worker, message.params as HeartbeatParams | undefined);
      case Method.progress:
        return this.#progress(worker, message.params as JobNews | undefined);
      case Method.jobCheckpoint:
        return body.length > Limit.checkpoint + ENVELOPE
          ? this.#tooLarge(worker, describeTooLarge('A checkpoint', body.length, Limit.checkpoint))
          : this.#checkpoint(worker, sequence, message.params as JobNews | undefined);
      case OVERSIZED_METHOD:
        return this.#oversized(worker, message.params as OversizedDetail);
      default:
        if (message.id !== undefined) {
          this.#refuse(worker, message.id, ErrorCode.methodNotFound, `There is no method ${method}.`);
        }
    }
  }

  #initialize(worker: Worker, message: Incoming): void {
    const problem = initializeProblem(message.params);
    if (problem) return this.#reject(worker, message.id, ErrorCode.invalidParams, problem);
    const params = message.params as InitializeParams;
    if (!sameSecret(params.token, launchToken(this.#parts.tokenSecret(), worker.id, worker.launch))) {
      return this.#reject(
        worker,
        message.id,
        ErrorCode.tokenRejected,
        'The launch token is not the one this worker was started with.',
      );
    }
    if (params.protocolVersion !== PROTOCOL_VERSION) {
      const reason = `The worker speaks version ${params.protocolVersion} of the protocol; this supervisor speaks ${PROTOCOL_VERSION}.`;
      return this.#reject(worker, message.id, ErrorCode.protocolVersionUnsupported, reason);
    }
    worker.profile = profileOf(params);
    this.#parts.store.append({
      type: 'worker.registered',
      worker: worker.id,
      launch: worker.launch,
      profile: worker.profile,
    });
    const result: InitializeResult = {
      protocolVersion: PROTOCOL_VERSION,
      workerId: worker.id,
      launch: worker.launch,
      pool: worker.pool,
      labels: worker.labels,
      heartbeatInterval: worker.heartbeatInterval ?? this.#parts.pools.settings(worker.pool)?.heartbeat ?? 30,
    };
    const answer = JSON.stringify({ jsonrpc: '2.0', id: message.id, result });
    this.#parts.dispatcher.send(worker, answer, { afterRecord: true });
    this.#parts.changes.worker(worker.id);
  }

  #initialized(worker: Worker): void {
    if (!worker.profile) return this.#refused(worker, 'It said `initialized` before it was initialized.');
    this.#heartbeat(worker);
    if (worker.state !== 'STARTING') return;
    this.#parts.roster.transition(worker, 'RUNNING', 'registered');
    this.#parts.dispatcher.feed(worker);
  }

  #heartbeat(worker: Worker, params?: HeartbeatParams): void {
    const { clock, judge } = this.#parts;
    worker.heartbeatAt = clock.now();
    worker.heartbeatMonotonic = clock.monotonic();
    worker.health.lived.heard(clock.monotonic() / 1000, judge.interval(worker));
    if (isElsewhere(worker)) {
      worker.memory = amount(params?.memory) ?? worker.memory;
      worker.cpu = amount(params?.cpu) ?? worker.cpu;
    }
    worker.stalled = worker.offline = false;
    this.#parts.changes.worker(worker.id);
  }

  #progress(worker: Worker, params: JobNews | undefined): void {
    const assignment = this.#admitted(worker, attemptOf(params), `sent progress of ${shown(params)}`);
    if (!assignment || !params) return;
    const before = assignment.progress;
    assignment.progress = { at: this.#parts.clock.now() };
    if (typeof params.fraction === 'number') {
      assignment.progress.fraction = Math.min(1, Math.max(0, params.fraction));
    }
    if (typeof params.message === 'string')
      assignment.progress.message = params.message.slice(0, Limit.progressMessage);
    const { fraction, message } = assignment.progress;
    // Who says the same again and again says that it lives, not that it gets on.
    if (fraction !== before?.fraction || message !== before?.message) this.#moved(worker, assignment);
    this.#parts.changes.worker(worker.id);
  }

  /**
   * The first of an attempt is recorded at once, later ones at most once a second and the last one in any case. One that is
   * not recorded yet is kept by the keeper, so a supervisor that is killed meanwhile costs none.
   */
  #checkpoint(worker: Worker, sequence: number, params: JobNews | undefined): void {
    const assignment = this.#admitted(worker, attemptOf(params), `sent a checkpoint of ${shown(params)}`);
    if (!assignment || params?.checkpoint === undefined) return;
    const { dispatcher, clock, store } = this.#parts;
    const waiting = assignment.hasUnrecordedCheckpoint === true;
    assignment.job.checkpoint = params.checkpoint;
    this.#moved(worker, assignment);
    const pause = (assignment.checkpointMonotonic ?? -Infinity) + CHECKPOINT_INTERVAL - clock.monotonic();
    if (pause <= 0 && !waiting && !store.isBehind) return dispatcher.recordCheckpoint(worker, assignment);
    dispatcher.holdCheckpoint(worker, assignment, sequence);
    if (!waiting) this.#recordLater(worker, assignment, Math.max(pause, 0));
  }

  /** Checkpoints are the largest of what comes without being asked for, so they wait for a store that is behind. */
  #recordLater(worker: Worker, assignment: Assignment, pause: number): void {
    const { dispatcher, clock, store } = this.#parts;
    clock.after(pause, () => {
      if (!worker.assignments.includes(assignment) || !assignment.hasUnrecordedCheckpoint) return;
      if (store.isBehind) this.#recordLater(worker, assignment, CHECKPOINT_INTERVAL);
      else dispatcher.recordCheckpoint(worker, assignment);
    });
  }

  #moved(worker: Worker, assignment: Assignment): void {
    const { clock, judge } = this.#parts;
    if (!assignment.history) return;
    const now = worker.health.lived.at(clock.monotonic() / 1000, judge.interval(worker));
    assignment.history = moveProgress(assignment.history, now);
  }

  /** The keeper has dropped a message. If it was the answer to a job, the worker is done with that and may go on. */
  #oversized(worker: Worker, { bytes, limit, beginning }: OversizedDetail): void {
    const message = describeTooLarge('A message', bytes, limit);
    const spoken = attemptOfId(ANSWER_BEGINNING.exec(beginning)?.[1]);
    const verdict = admit(spoken ?? {}, worker.assignments);
    if ('refused' in verdict) return this.#tooLarge(worker, message);
    const error = { type: 'TooLarge', message };
    this.#parts.dispatcher.finish(worker, verdict.about, { outcome: 'failed', error });
    this.#onEndedWork(worker);
  }

  #tooLarge(worker: Worker, message: string): void {
    // It may go on computing, so the attempt ends with its process.
    if (worker.current) this.#onUnfit(worker, { reason: message, outcome: 'failed', relaunch: true });
    else this.#refusals.tell(worker.id, `sent too much. ${message}`);
  }

  #refused(worker: Worker, reason: string): void {
    this.#onUnfit(worker, { reason, outcome: 'crashed' });
  }

  #reject(worker: Worker, id: unknown, code: number, reason: string): void {
    this.#refuse(worker, id, code, reason);
    this.#refused(worker, reason);
  }

  #refuse(worker: Worker, id: unknown, code: number, message: string): void {
    this.#parts.dispatcher.send(
      worker,
      JSON.stringify({ jsonrpc: '2.0', id: id ?? null, error: { code, message } }),
    );
  }
}

function attemptOf(params: JobNews | undefined): Spoken {
  return { job: params?.jobId, attempt: params?.attempt };
}

/** What a message says it is about, short enough for a log. */
function shown(about: unknown): string {
  if (typeof about === 'object' && about !== null && 'jobId' in about) {
    const { jobId, attempt } = about as JobNews;
    return `${shown(jobId)}.${shown(attempt)}`;
  }
  return typeof about === 'string' ? about.slice(0, 50) : (JSON.stringify(about) ?? 'nothing').slice(0, 50);
}

function attemptEnd(assignment: Assignment, message: Incoming): AttemptEnd {
  const { error } = message;
  if (!error) {
    const answer = message.result as { result?: unknown } | null | undefined;
    return { outcome: 'done', result: answer?.result ?? null };
  }
  const interrupted = assignment.interrupted;
  // Whatever the handler made of it: what a person cancelled is not tried again.
  if (interrupted?.outcome === 'cancelled')
    return { outcome: 'cancelled', error: { message: interruptionMessage(assignment) } };
  if (error.code === ErrorCode.draining) return { outcome: 'returned' };
  if (error.code === ErrorCode.jobCancelled) {
    if (!interrupted) return { outcome: 'returned' };
    return { outcome: interrupted.outcome, error: { message: interruptionMessage(assignment) } };
  }
  return {
    outcome: 'failed',
    error: {
      message:
        asText(error.message)?.slice(0, LONGEST_MESSAGE) ??
        `It answered with an error that is none: ${JSON.stringify(error).slice(0, 200)}`,
      ...(asText(error.data?.type) ? { type: asText(error.data?.type)!.slice(0, LONGEST_MESSAGE) } : {}),
      ...(asText(error.data?.traceback)
        ? { traceback: asText(error.data?.traceback)!.slice(-LONGEST_TRACEBACK) }
        : {}),
    },
  };
}

function describeTooLarge(what: string, bytes: number, limit: number): string {
  return (
    `${what} of its worker had ${bytes.toLocaleString('en')} bytes; at most ${limit.toLocaleString('en')} are taken. ` +
    'Write large data to a file and pass its path.'
  );
}

/** A figure that a worker says of itself. */
function amount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Why an attempt was told to end, in words. */
export function interruptionMessage(assignment: Assignment): string {
  switch (assignment.interrupted?.outcome) {
    case 'timed-out':
      return `It took longer than its limit of ${assignment.job.timeout} s.`;
    case 'cancelled':
      return 'Cancelled by hand.';
    case 'aborted':
      return 'Its worker was stopped by hand.';
    default:
      return 'It was taken back before it began.';
  }
}
