import { Command, InvalidArgumentError } from 'commander';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { CliError } from '../cli-error.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { plainText } from '../plain-text.ts';

interface ServeOptions {
  port: number;
  newToken?: boolean;
  json?: boolean;
}

export function serveCommand(act: Act): Command {
  return new Command('serve')
    .summary('answer HTTP requests on loopback until Ctrl-C')
    .description(
      'Serves the HTTP API of the crew on 127.0.0.1 and ::1, to whoever shows the token: status, events, jobs, metrics for ' +
        'Prometheus. It prints the address, the file with the token and a line to try. Nothing is served before you ask for it; ' +
        'the crew goes on when it ends.',
    )
    .option('-p, --port <number>', 'the port; 0 for any that is free', portNumber, 0)
    .option('--new-token', 'make another token; who has the old one is refused from now on')
    .option('--json', 'print the address and the files as one line of JSON')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew serve', 'on any port that is free'],
        ['nightcrew serve --port 8471', 'on one that scripts and Prometheus can be told'],
        ['curl -H @<file> http://127.0.0.1:8471/api/workers/status/', 'ask; the file is printed by serve'],
        ['curl -N -H @<file> http://127.0.0.1:8471/api/events/', 'follow what changes'],
      ]),
    )
    .action(act(serve));
}

async function serve(
  context: CommandContext,
  { port, newToken = false, json }: ServeOptions,
): Promise<ExitCode> {
  const { terminal, host, workspace } = context;
  const served = await host.startHttp({ workspace, port, newToken, startSupervisor: true }, (line) =>
    terminal.printError(plainText(line)),
  );
  const { report } = served;
  if (!report.served) {
    const { message, place, nextStep } = report;
    throw new CliError(ExitCode.failed, message, {
      ...(place === undefined ? {} : { place }),
      ...(nextStep === undefined ? {} : { nextStep }),
    });
  }
  const { url, tokenFile, headerFile } = report;
  if (json) terminal.print(JSON.stringify({ url, tokenFile, headerFile }));
  else {
    terminal.print(`The crew of ${plainText(workspace)} answers at ${url} until Ctrl-C.`);
    terminal.print(`  token:   ${tokenFile} (only you can read it)`);
    terminal.print(`  try:     curl -H @${headerFile} ${url}/api/workers/status/`);
    terminal.print(`  routes:  curl -H @${headerFile} ${url}/openapi.json`);
  }
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    host.onSignal(signal, () => {
      asked = true;
      served.end();
    });
  }
  const exitCode = await served.ended;
  if (asked) return ExitCode.ok;
  throw new CliError(ExitCode.failed, `The HTTP service ended by itself (exit code ${exitCode}).`, {
    nextStep: 'Start it again; the crew was not touched.',
  });
}

function portNumber(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('It must be a port from 0 to 65535.');
}
