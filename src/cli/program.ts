/** The command line of `nightcrew`: its commands in groups, the options that all have, and its exit codes. */
import { Command, Option } from 'commander';
import type { Act, CommandAction } from './command-action.ts';
import { CommandContext } from './command-context.ts';
import { abortCommand } from './commands/abort.ts';
import { addCommand } from './commands/add.ts';
import { alertCommand } from './commands/alert.ts';
import { batchesCommand } from './commands/batches.ts';
import { cancelCommand } from './commands/cancel.ts';
import { drillCommand } from './commands/drill.ts';
import { downCommand } from './commands/down.ts';
import { drainCommand } from './commands/drain.ts';
import { enqueueCommand } from './commands/enqueue.ts';
import { explainCommand } from './commands/explain.ts';
import { continueCommand, freezeCommand } from './commands/freeze.ts';
import { forecastCommand } from './commands/forecast.ts';
import { healthCommand } from './commands/health.ts';
import { jobCommand } from './commands/job.ts';
import { jobsCommand } from './commands/jobs.ts';
import { logsCommand } from './commands/logs.ts';
import { metricsCommand } from './commands/metrics.ts';
import { pauseCommand, resumeCommand } from './commands/pause.ts';
import { rampCommand } from './commands/ramp.ts';
import { removeCommand } from './commands/remove.ts';
import { reprioritiseCommand } from './commands/reprioritise.ts';
import { requeueCommand } from './commands/requeue.ts';
import { restartCommand } from './commands/restart.ts';
import { resultsCommand } from './commands/results.ts';
import { runCommand } from './commands/run.ts';
import { serveCommand } from './commands/serve.ts';
import { settingsCommand } from './commands/settings.ts';
import { statusCommand } from './commands/status.ts';
import { stopCommand } from './commands/stop.ts';
import { upCommand } from './commands/up.ts';
import { ExitCode } from './exit-code.ts';
import type { Host } from './host.ts';
import { reportError } from './report-error.ts';
import { findWorkspace } from './workspace.ts';

type MakeCommand = (act: Act) => Command;

const GROUPS: Record<string, MakeCommand[]> = {
  'The whole crew:': [
    runCommand,
    upCommand,
    statusCommand,
    explainCommand,
    healthCommand,
    metricsCommand,
    rampCommand,
    settingsCommand,
    alertCommand,
    serveCommand,
    downCommand,
  ],
  'Jobs:': [
    enqueueCommand,
    jobsCommand,
    jobCommand,
    batchesCommand,
    resultsCommand,
    cancelCommand,
    requeueCommand,
    reprioritiseCommand,
    forecastCommand,
    drillCommand,
  ],
  'Workers:': [
    addCommand,
    logsCommand,
    drainCommand,
    pauseCommand,
    resumeCommand,
    freezeCommand,
    continueCommand,
    stopCommand,
    restartCommand,
    abortCommand,
    removeCommand,
  ],
};

const EPILOGUE = `
A crew is a set of supervised worker processes. It lives in the background: closing
the terminal, or VS Code, does not end it. nightcrew.yaml describes it.

  nightcrew run             do everything in nightcrew.yaml, from start to summary
  nightcrew up              start the workers and leave them running
  nightcrew enqueue simulate --matrix alpha=0.1,0.2 seed=1..200
  nightcrew status --watch  look on
  nightcrew explain 212     why does job 212 wait, or why did it fail?
  nightcrew down            finish current jobs, then end

\`nightcrew <command> --help\` has more examples.

Exit codes:
  0  done; also when a pool, labels or a filter leave nothing to do it to
  1  a job failed, a worker is unhealthy or could not be started, or part of what was asked was not possible: for
     example a worker or a job is named that does not exist
  2  the command line, nightcrew.yaml or a file of rows is wrong, or names an unknown pool; nothing was done
  3  no supervisor is running, it could not be started, or the connection was lost
  129, 130, 143  run was hung up, interrupted or terminated; the crew works on`;

/** Carries out one command line (without the program's name) and returns how it ended. Never rejects. */
export async function runCommandLine(words: readonly string[], host: Host): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.ok;
  const act: Act =
    <Arguments extends unknown[]>(action: CommandAction<Arguments>) =>
    async (...given: [...Arguments, Command]) => {
      const command = given.at(-1) as Command;
      const { workspace } = command.optsWithGlobals<{ workspace?: string }>();
      const context = new CommandContext(host, findWorkspace(host.folder, workspace));
      try {
        exitCode = await action(context, ...(given.slice(0, -1) as unknown[] as Arguments));
      } finally {
        context.close();
      }
    };
  try {
    const given = words.length === 0 ? ['--help'] : [...words];
    await buildProgram(host, act).parseAsync(given, { from: 'user' });
    return exitCode;
  } catch (error) {
    return reportError(error, host.terminal);
  }
}

function buildProgram(host: Host, act: Act): Command {
  const { terminal } = host;
  const program = new Command('nightcrew')
    .description(
      'Supervised worker processes, in any language, for jobs that run for minutes or for two days.',
    )
    .usage('<command> [options]')
    .version(host.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .addOption(workspaceOption())
    .addHelpText('after', EPILOGUE)
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ styleTitle: terminal.colors.bold })
    .configureOutput({
      writeOut: (text) => terminal.write(text),
      writeErr: (text) => terminal.printError(text.trimEnd()),
      outputError: (text, write) =>
        write(`${terminal.errorColors.red(text.trimEnd())}\n  next: add --help for usage and examples`),
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
    });
  for (const [group, commands] of Object.entries(GROUPS)) {
    for (const make of commands) {
      const command = make(act).copyInheritedSettings(program).helpGroup(group);
      // Wherever it is written, before or behind the command.
      command.optionsGroup('Options:').addOption(workspaceOption());
      program.addCommand(command);
    }
  }
  return program;
}

function workspaceOption(): Option {
  return new Option(
    '-C, --workspace <folder>',
    'the workspace (default: the nearest folder above with nightcrew.yaml, or this one)',
  );
}
