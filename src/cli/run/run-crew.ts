/**
 * Works a crew file off: enqueues its batches, starts its workers, shows the progress, and ends the crew unless it was
 * running before. The work itself is the supervisor's; this process may be ended at any time and nothing is lost.
 */
import type { BatchRow } from '../../core/job-records.ts';
import type { ControlClient } from '../../control/client-contract.ts';
import type { CrewFile } from '../../core/crew-file.ts';
import type { CommandContext } from '../command-context.ts';
import { requireCrewFile, requireNames } from '../crew-file-check.ts';
import { CrewFollower } from '../crew-follower.ts';
import { isLive } from '../../core/worker-state.ts';
import { endCrew } from '../end-crew.ts';
import { ExitCode } from '../exit-code.ts';
import { quantity } from '../../core/quantity.ts';
import { plainText } from '../plain-text.ts';
import { printProblem } from '../report-error.ts';
import { printStartFailures } from '../start-failures.ts';
import { showWhileWaiting } from '../waiting-display.ts';
import { dispensableWorkers } from './make-room.ts';
import { runProgress, unfinishedBatches, type BlockedPool, type RunProgress } from './run-progress.ts';
import { summarizeRun, summaryLines } from './run-summary.ts';
import { watchRun, type WatchResult } from './watch-run.ts';

export interface RunOptions {
  /** Enqueue batches although they were worked off before, unchanged. */
  again?: boolean;
  /** Leave the crew running at the end. */
  keep?: boolean;
}

/** Runs the named batches, or all of the crew file and what waits in the queue. */
export async function runCrew(
  context: CommandContext,
  names: readonly string[],
  options: RunOptions,
): Promise<ExitCode> {
  const crewFile = requireCrewFile(context.workspace, context.terminal);
  requireNames(
    'batch',
    names,
    crewFile.batches.map(({ name }) => name),
  );
  const client = await context.connectOrStart();
  // Two runs of one workspace: the first to finish must not end the crew under the other.
  await client.request('attend', { attending: true });
  const before = await client.request('status', {});
  const run = new CrewRun(
    context,
    new CrewFollower({ client, reconnect: () => attendAgain(context), clock: context.clock }),
    {
      ...options,
      // A crew that somebody else has running stays theirs.
      keep: (options.keep ?? false) || before.wanted || before.workers.some(({ state }) => isLive(state)),
    },
  );
  try {
    return await run.work(crewFile, names);
  } catch (error) {
    // Refused before any worker was started: the supervisor that was started for it is ended again.
    if (!run.begun && !run.keep) {
      await client.request('attend', { attending: false }).catch(() => undefined);
      await client.request('down', { mode: 'stop', unlessAttended: true }).catch(() => undefined);
    }
    throw error;
  }
}

async function attendAgain(context: CommandContext): Promise<ControlClient | undefined> {
  const client = await context.connectIfAlive();
  await client?.request('attend', { attending: true });
  return client;
}

class CrewRun {
  /** Whether its workers were started: from then on an error leaves the crew at work. */
  begun = false;
  readonly keep: boolean;
  readonly #again: boolean;
  readonly #context: CommandContext;
  readonly #follower: CrewFollower;
  readonly #batches = new Set<number>();

  constructor(context: CommandContext, follower: CrewFollower, { again = false, keep = false }: RunOptions) {
    this.#context = context;
    this.#follower = follower;
    this.#again = again;
    this.keep = keep;
  }

  async work(crewFile: CrewFile, names: readonly string[]): Promise<ExitCode> {
    const { terminal, clock } = this.#context;
    const begin = clock.monotonic();
    await this.#enqueue(names);
    const state = await this.#follower.start();
    if (names.length === 0) for (const batch of unfinishedBatches(state)) this.#batches.add(batch.id);
    const first = this.#progress();
    if (first.total === 0) terminal.print('The crew file has no batches and the queue is empty.');
    if (!first.finished) await this.#startWorkers(crewFile, first.batches);
    this.begun = true;
    const result = first.finished ? 'finished' : await this.#watch();
    return this.#conclude(result, first.ended, (clock.monotonic() - begin) / 1000);
  }

  async #watch(): Promise<WatchResult> {
    const asked = new Set<string>();
    const makeRoom = (): void => {
      const workers = dispensableWorkers(this.#follower.state, this.#progress()).filter(
        (id) => !asked.has(id),
      );
      if (workers.length === 0) return;
      for (const id of workers) asked.add(id);
      // What is lost with the connection is asked anew by the state that comes after it, or by the end of the run.
      this.#follower.client.request('drain', { select: { workers } }).catch(() => undefined);
    };
    // The workers of a crew that somebody else has running stay.
    const stop = this.keep ? () => undefined : this.#follower.onState(makeRoom);
    try {
      return await watchRun(this.#context, this.#follower, () => this.#progress());
    } finally {
      stop();
    }
  }

  #progress(): RunProgress {
    return runProgress(this.#follower.state, this.#batches);
  }

  async #enqueue(names: readonly string[]): Promise<void> {
    const { enqueued, skipped } = await this.#follower.client.request('enqueueBatches', {
      ...(names.length > 0 ? { batches: [...names] } : {}),
      ...(this.#again ? { again: true } : {}),
    });
    for (const { batch, name, count, pool } of enqueued) {
      this.#batches.add(batch);
      this.#context.terminal.print(`${plainText(name)}: ${quantity(count, 'job')} enqueued for ${pool}.`);
    }
    for (const { name, batch, reason } of skipped) {
      this.#batches.add(batch.id);
      this.#context.terminal.print(`${plainText(name)}: ${skippedText(batch, reason)}`);
    }
  }

  /** Of the pools that have work; those that only others need stay as they are. */
  async #startWorkers(crewFile: CrewFile, batches: readonly BatchRow[]): Promise<void> {
    const unfinished = batches.filter(({ counts }) => counts.pending + counts.running > 0);
    const needed = new Set(unfinished.map(({ pool }) => pool));
    const pools = crewFile.pools.map(({ name }) => name).filter((name) => needed.has(name));
    if (pools.length === 0) return;
    await this.#follower.client.request('up', { pools });
    // The state that is followed must know of them before it is asked whether anybody is at work.
    await this.#follower.refresh();
  }

  async #conclude(result: WatchResult, endedBefore: number, duration: number): Promise<ExitCode> {
    const { terminal } = this.#context;
    if (typeof result === 'object') return this.#leave(result.left);
    const { client } = this.#follower;
    if (result === 'drain') {
      const draining = client.request('drain', { select: { all: true }, wait: true });
      await showWhileWaiting(this.#context, client, draining);
    }
    if (result === 'abort') await client.request('abort', { select: { all: true } });
    // As it was found: some may be tried once more meanwhile.
    const { blocked } = this.#progress();
    await this.#follower.refresh();
    const progress = this.#progress();
    if (result === 'stuck') await this.#explainStuck(blocked);
    const run = { ended: progress.ended - endedBefore, duration };
    const summary = await summarizeRun(client, progress, run);
    const layout = { colors: terminal.colors, folder: this.#context.host.folder };
    for (const line of summaryLines(summary, layout)) terminal.print(line);
    const [failure] = summary.failures;
    await this.#end(result);
    if (failure) this.#explainHowToLook(failure.job.id, result);
    this.#follower.stop();
    return progress.counts.failed > 0 || !progress.finished ? ExitCode.failed : ExitCode.ok;
  }

  /** A crew that was running before goes on, unless Ctrl-C asked for its end. */
  async #end(result: Exclude<WatchResult, object>): Promise<void> {
    const { client } = this.#follower;
    if (result === 'drain' || result === 'abort') await endCrew(this.#context, client, 'stop');
    else if (!this.keep) {
      await client.request('attend', { attending: false });
      await endCrew(this.#context, client, result === 'stuck' ? 'stop' : 'drain', { attended: true });
    } else this.#context.terminal.print('The crew goes on running; `nightcrew down` ends it.');
  }

  #explainHowToLook(job: number, result: WatchResult): void {
    const ended = !this.keep || result === 'drain' || result === 'abort';
    const first = ended ? '`nightcrew up --no-workers`, then ' : '';
    this.#context.terminal.print(`More on a job, with every attempt: ${first}\`nightcrew job ${job}\`.`);
  }

  #leave(exitCode: ExitCode): ExitCode {
    const { ended, total } = this.#progress();
    const { terminal } = this.#context;
    this.#follower.stop();
    terminal.print(
      `The crew works on in the background (${ended.toLocaleString('en')} of ${quantity(total, 'job')} have ended).\n` +
        '  nightcrew run              comes back to it\n' +
        '  nightcrew status --watch   looks on\n' +
        '  nightcrew down             finishes the jobs that run, then ends the crew',
    );
    return exitCode;
  }

  async #explainStuck(blocked: readonly BlockedPool[]): Promise<void> {
    const { terminal } = this.#context;
    for (const { name, workers, unfinished } of blocked) {
      const failed = workers.filter(({ state, refusal }) => state === 'FAILED' && !refusal);
      const refusal = workers.find((worker) => worker.refusal)?.refusal;
      await printStartFailures(terminal, failed);
      const why = refusal
        ? `this machine never has room for its workers: each ${plainText(refusal.reasons.join('; '))}`
        : whyNobody(workers.length, failed.length);
      printProblem(terminal, {
        message: `${quantity(unfinished, 'job')} of pool ${name} cannot be done: ${why}.`,
        nextStep:
          'Correct that and give `nightcrew run` again: what is done stays done.' +
          (refusal
            ? ` ${refusal.nextStep} Or start them anyway first: \`nightcrew up ${name} --force\`.`
            : ''),
      });
    }
  }
}

function whyNobody(workers: number, failed: number): string {
  if (workers === 0) return 'it has no workers (is it in the crew file, with one worker or more?)';
  return failed > 0 ? 'none of its workers could go on' : 'all its workers were ended';
}

function skippedText({ counts, count }: BatchRow, reason: string): string {
  const left = counts.pending + counts.running;
  if (left > 0) return `goes on, ${left.toLocaleString('en')} of ${quantity(count, 'job')} left.`;
  return `${reason}; --again does it anew.`;
}
