/**
 * What a worker says. Every message about a job carries its attempt; one that does not fit what the worker was given
 * is refused and changes nothing.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { admit, attemptOfId, type Spoken } from '../core/fencing.ts';
import {
  ErrorCode,
  Method,
  PROTOCOL_VERSION,
  type HeartbeatParams,
  type InitializeParams,
  type InitializeResult,
} from '../protocol/generated/messages.ts';
import { OVERSIZED_METHOD, type Handle, type OversizedDetail, type StrayDetail } from '../keeper/contract.ts';
import type { Store } from '../store/contract.ts';
import type { Attempts } from './attempts.ts';
import type { Changes } from './changes.ts';
import { attemptEnd, type Answer } from './attempt-end.ts';
import type { Dispatcher } from './dispatcher.ts';
import { isElsewhere } from './elsewhere.ts';
import type { HealthJudge } from './health-judge.ts';
import { JobNews, type News } from './job-news.ts';
import type { Log } from './log.ts';
import type { PoolRegister } from './pool-register.ts';
import { Refusals } from './refusals.ts';
import { registrationProblem } from './registration.ts';
import type { Roster } from './roster.ts';
import { answeredAttempt, checkpointProblem, describeTooLarge } from './too-large.ts';
import type { Assignment, Ending, Worker } from './worker.ts';
import { profileOf } from './worker-profile.ts';

/** How a worker is to be ended that cannot go on. */
type Unfit = Pick<Ending, 'reason' | 'outcome'> & { relaunch?: boolean };

interface Incoming extends Answer {
  id?: unknown;
  method?: string;
  params?: unknown;
}

interface Parts {
  store: Store;
  roster: Roster;
  pools: PoolRegister;
  judge: HealthJudge;
  attempts: Attempts;
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
  readonly #news: JobNews;
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
    this.#news = new JobNews(parts);
  }

  /** The supervisor ends: nothing is recorded by itself any more. */
  end(): void {
    this.#news.end();
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
    this.#parts.attempts.finish(worker, assignment, attemptEnd(assignment, message));
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
        return this.#progress(worker, message.params as News | undefined);
      case Method.jobCheckpoint:
        return this.#checkpoint(worker, sequence, body.length, message.params as News | undefined);
      case OVERSIZED_METHOD:
        return this.#oversized(worker, message.params as OversizedDetail);
      default:
        if (message.id !== undefined) {
          this.#refuse(worker, message.id, ErrorCode.methodNotFound, `There is no method ${method}.`);
        }
    }
  }

  #initialize(worker: Worker, message: Incoming): void {
    const problem = registrationProblem(message.params, worker, this.#parts.tokenSecret());
    if (problem) return this.#reject(worker, message.id, problem.code, problem.reason);
    const params = message.params as InitializeParams;
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
    const wasStalled = worker.stalled;
    worker.stalled = worker.offline = false;
    if (wasStalled) this.#parts.dispatcher.feed(worker);
    this.#parts.changes.worker(worker.id);
  }

  #progress(worker: Worker, news: News | undefined): void {
    const assignment = this.#admitted(worker, attemptOf(news), `sent progress of ${shown(news)}`);
    if (assignment && news) this.#news.progress(worker, assignment, news);
  }

  #checkpoint(worker: Worker, sequence: number, bytes: number, news: News | undefined): void {
    const problem = checkpointProblem(bytes);
    if (problem) return this.#tooLarge(worker, problem);
    const assignment = this.#admitted(worker, attemptOf(news), `sent a checkpoint of ${shown(news)}`);
    if (assignment && news) this.#news.checkpoint(worker, assignment, news, sequence);
  }

  /** The keeper has dropped a message. If it was the answer to a job, the worker is done with that and may go on. */
  #oversized(worker: Worker, { bytes, limit, beginning }: OversizedDetail): void {
    const message = describeTooLarge('A message', bytes, limit);
    const verdict = admit(answeredAttempt(beginning), worker.assignments);
    if ('refused' in verdict) return this.#tooLarge(worker, message);
    const error = { type: 'TooLarge', message };
    this.#parts.attempts.finish(worker, verdict.about, { outcome: 'failed', error });
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

function attemptOf(params: News | undefined): Spoken {
  return { job: params?.jobId, attempt: params?.attempt };
}

/** What a message says it is about, short enough for a log. */
function shown(about: unknown): string {
  if (typeof about === 'object' && about !== null && 'jobId' in about) {
    const { jobId, attempt } = about as News;
    return `${shown(jobId)}.${shown(attempt)}`;
  }
  return typeof about === 'string' ? about.slice(0, 50) : (JSON.stringify(about) ?? 'nothing').slice(0, 50);
}

/** A figure that a worker says of itself. */
function amount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
