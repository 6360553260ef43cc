/**
 * The checks that say whether a worker is healthy, each with its reason: rules over what is known of it. The number in the
 * status bar, the marks in the tree and the health check's report are all this one answer.
 */
import { formatByteSize } from './byte-size.ts';
import { formatDuration } from './duration.ts';
import type { HealthThresholds } from './health-settings.ts';
import type { ContentProblem } from './output-integrity.ts';
import type { ProgressVerdict } from './progress-stall.ts';
import { countFailures } from './recent-outcomes.ts';
import { isLive } from './worker-state.ts';
import type { WorkerState } from './worker.ts';

export interface HealthCheck {
  name: 'process' | 'heartbeat' | 'response' | 'completion' | 'errors' | 'memory' | 'outputs';
  ok: boolean;
  /** In words, with the figure and the limit. */
  message: string;
  /** So bad that people are told without asking. */
  alert?: true;
}

export interface OutputProblem {
  job: number;
  file: string;
  problem: 'is missing' | 'is empty' | 'is no file' | ContentProblem;
}

export interface HealthFacts {
  state: WorkerState;
  reason: string;
  pid?: number | undefined;
  /** Its process was looked for and is gone, which the keeper has not told yet. */
  isGone: boolean;
  /** A person stopped its processes: it cannot say anything. */
  isFrozen?: boolean;
  /** Seconds between heartbeats, and since the last one. */
  interval: number;
  heartbeatAge?: number | undefined;
  /** The answer to the last ping, and how long it took or was waited for, milliseconds. */
  response?: { answered: boolean; took: number } | undefined;
  /** Of the job it computes. */
  progress?: ProgressVerdict | undefined;
  /** See `recent-outcomes.ts`. */
  outcomes: string;
  /** Bytes of its whole process tree, and percent of one core; the second only where it was measured from here. */
  memory?: number | undefined;
  cpu?: number | undefined;
  /** Files that its newest done jobs should have left. */
  outputs?: { files: number; problems: readonly OutputProblem[] } | undefined;
}

/** An error rate is judged from so many attempts on: one failure of three is no rate. */
const LEAST_ATTEMPTS = 10;

/** All that apply. A worker whose process is gone or has not registered is not asked for more. */
export function checkWorker(facts: HealthFacts, limits: HealthThresholds): HealthCheck[] {
  const alive = checkProcess(facts);
  if (!alive.ok) return [alive];
  const checks = [alive, checkHeartbeat(facts, limits)];
  if (facts.response && !facts.isFrozen) checks.push(checkResponse(facts.response));
  checks.push(checkCompletion(facts), checkErrors(facts, limits), checkMemory(facts, limits));
  if (facts.outputs) checks.push(checkOutputs(facts.outputs));
  return checks;
}

export function isHealthy(checks: readonly HealthCheck[]): boolean {
  return checks.every(({ ok }) => ok);
}

function checkProcess({ state, reason, pid, isGone }: HealthFacts): HealthCheck {
  const check = (ok: boolean, message: string): HealthCheck => ({ name: 'process', ok, message });
  if (!isLive(state)) return check(false, `${state}: ${reason}`);
  if (pid === undefined) return check(false, 'is being started');
  if (isGone) return check(false, `process ${pid} is gone`);
  if (state === 'STARTING') return check(false, `process ${pid} has not registered yet`);
  return check(true, `process ${pid} lives`);
}

function checkHeartbeat(
  { heartbeatAge, interval, isFrozen, cpu }: HealthFacts,
  limits: HealthThresholds,
): HealthCheck {
  if (isFrozen) return { name: 'heartbeat', ok: true, message: 'frozen by hand; none is expected' };
  const ok = heartbeatAge !== undefined && heartbeatAge <= limits.heartbeat;
  const every = `one every ${formatDuration(interval)}`;
  const message =
    heartbeatAge === undefined
      ? `no heartbeat yet, ${every}`
      : `last heartbeat ${formatDuration(heartbeatAge)} ago, ${every}${ok ? '' : ` (limit ${formatDuration(limits.heartbeat)})${computingText(cpu)}`}`;
  return { name: 'heartbeat', ok, message };
}

/** Tells one that computes and gives its heartbeat no turn from one that does nothing at all. */
export function computingText(cpu: number | undefined): string {
  return cpu === undefined ? '' : `; its processes use ${Math.round(cpu)} % of a core`;
}

function checkResponse({ answered, took }: NonNullable<HealthFacts['response']>): HealthCheck {
  const message = answered
    ? `answered in ${Math.round(took)} ms`
    : `no answer in ${formatDuration(took / 1000)}`;
  return { name: 'response', ok: answered, message };
}

/** Completion: whether what it was given gets done. A slow job is no stopped one. */
function checkCompletion({ progress, outcomes }: HealthFacts): HealthCheck {
  const done = outcomes.length - countFailures(outcomes);
  const rate =
    outcomes === '' ? 'no job ended yet' : `${done} of its last ${outcomes.length} attempts got done`;
  const message = progress ? `${rate}; its job: ${progress.reason}` : rate;
  return { name: 'completion', ok: progress?.state !== 'stopped', message };
}

function checkErrors({ outcomes }: HealthFacts, limits: HealthThresholds): HealthCheck {
  const attempts = outcomes.length;
  const failed = countFailures(outcomes);
  const share = attempts === 0 ? 0 : failed / attempts;
  const ok = attempts < LEAST_ATTEMPTS || share < limits.errors;
  const message = `${failed} of its last ${attempts} attempts failed (limit ${percent(limits.errors)})`;
  return { name: 'errors', ok, message, ...(!ok && share >= limits.alert ? { alert: true } : {}) };
}

function checkMemory({ memory }: HealthFacts, limits: HealthThresholds): HealthCheck {
  const limit = formatByteSize(limits.memory);
  if (memory === undefined) return { name: 'memory', ok: true, message: `not measured yet (limit ${limit})` };
  const ok = memory <= limits.memory;
  return { name: 'memory', ok, message: `uses ${formatByteSize(memory)} of ${limit}` };
}

function checkOutputs({ files, problems }: NonNullable<HealthFacts['outputs']>): HealthCheck {
  const [first] = problems;
  if (!first) {
    const message =
      files === 0
        ? 'no job done yet'
        : `${files === 1 ? 'the file is' : `all ${files} files are`} there and whole`;
    return { name: 'outputs', ok: true, message };
  }
  const more = problems.length > 1 ? `; ${problems.length - 1} more` : '';
  return { name: 'outputs', ok: false, message: `${first.file} of job ${first.job} ${first.problem}${more}` };
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
