/**
 * The built-in command worker: runs any command line, unchanged, once for each job.
 *
 *     node command-worker.js -- Rscript calibrate.R --site {site}
 *
 * The command learns about its job from its arguments, from the environment and from files (see README of
 * `protocol/`); exit code 0 is success.
 */
import { basename } from 'node:path';
import {
  JobFailed,
  ParametersInvalid,
  run,
  task,
  type Job,
} from '../../protocol/node/nightcrew-worker/index.js';
import { CommandRun, type CommandOutcome } from './command-run.ts';
import { JobFolder, removeLeftFolders } from './job-folder.ts';
import { fillPlaceholders } from '../core/placeholders.ts';

/** As a shell reports a process that SIGTERM ended. */
const EXIT_CODE_OF_SIGTERM = 143;

/** What runs now, to be ended together with this process. */
let running: { command: CommandRun; folder: JobFolder } | undefined;

/** The command of the job, and its result. */
async function runJob(template: readonly string[], job: Job): Promise<unknown> {
  const { command, unknown } = fillPlaceholders(template, job.parameters);
  if (unknown.length > 0) {
    const has = Object.keys(job.parameters).join(', ') || 'none';
    const wanted = unknown.map((name) => `{${name}}`).join(', ');
    throw new ParametersInvalid(`the command line has ${wanted}, but the parameters of the job are: ${has}`, {
      missing: unknown,
    });
  }
  const folder = await JobFolder.create(job);
  try {
    job.throwIfCancelled();
    const run = new CommandRun(command, folder.environment());
    running = { command: run, folder };
    job.signal.addEventListener('abort', () => run.stop(), { once: true });
    const outcome = await run.outcome.catch((error: unknown) => {
      throw notStarted(command[0]!, error);
    });
    if (outcome.exitCode !== 0) {
      job.throwIfCancelled();
      throw failed(command[0]!, outcome);
    }
    const result = await folder.result();
    return result === undefined ? { exitCode: 0, output: outcome.output } : result.value;
  } finally {
    running = undefined;
    folder.remove();
  }
}

function failed(program: string, { exitCode, signal, output, errorOutput }: CommandOutcome): JobFailed {
  const how = signal === null ? `exit code ${exitCode}` : `signal ${signal}`;
  return new JobFailed(how, `${program} ended with ${how}`, errorOutput.trim() === '' ? output : errorOutput);
}

function notStarted(program: string, error: unknown): JobFailed {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new JobFailed('command not found', `there is no command ${program} on PATH`);
  if (code === 'EACCES') return new JobFailed('command not executable', `${program} may not be executed`);
  return new JobFailed('command not started', `${program} could not be started: ${message}`);
}

function commandOf(argv: readonly string[]): string[] {
  const separator = argv.indexOf('--');
  const command = separator === -1 ? [] : argv.slice(separator + 1);
  if (command.length === 0) {
    console.error('Usage: command-worker -- <command> [argument or {parameter}]…');
    process.exit(2);
  }
  return command;
}

const template = commandOf(process.argv);

// The SDK exits when the supervisor is gone; nothing of the job may outlive that.
process.on('exit', () => {
  running?.command.killNow();
  running?.folder.remove();
});

// The command is in a group of its own, so a signal to ours does not reach it.
process.on('SIGTERM', () => {
  const job = running;
  if (job === undefined) process.exit(EXIT_CODE_OF_SIGTERM);
  job.command.stop();
  void job.command.outcome.finally(() => process.exit(EXIT_CODE_OF_SIGTERM));
});

task('run', { description: template.join(' ') }, (job) => runJob(template, job));
removeLeftFolders();
run({ name: basename(template[0]!), prefetch: 1 });
