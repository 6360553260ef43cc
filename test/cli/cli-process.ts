/** The built `nightcrew` in a real process, with pipes or on a terminal of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { after } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { distribution, type TemporaryCrew } from '../supervisor/temporary-crew.ts';
import { waitFor } from '../wait-for.ts';

export interface CliResult {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

const running = new Set<ChildProcess>();
// A test that failed leaves its program waiting for an answer, and the file would wait with it.
after(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** What a terminal or a script gives the program to read, and reads of it. */
export class CliProcess {
  readonly child: ChildProcess;
  readonly result: Promise<CliResult>;
  #stdout = '';
  #stderr = '';

  constructor(crew: TemporaryCrew, command: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    this.child = spawn(command[0]!, command.slice(1), {
      cwd: crew.workspace,
      env: { ...crew.environment, NO_COLOR: '', ...environment },
    });
    running.add(this.child);
    this.child.once('close', () => running.delete(this.child));
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.result = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (exitCode) => {
        resolve({ exitCode, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
  }

  /** What was shown until now, without colours and movements of the cursor. */
  get shown(): string {
    return stripVTControlCharacters(this.#stdout);
  }

  type(text: string): void {
    this.child.stdin!.write(text);
  }

  /** Waits until something is shown that was not there at `from` characters; returns where the output ends. */
  async shows(pattern: RegExp, from = 0): Promise<number> {
    await waitFor(`the terminal to show ${pattern}`, () => pattern.test(this.shown.slice(from)), {
      seconds: 30,
      seen: () => `${this.shown}\n${this.#stderr}`,
    });
    return this.shown.length;
  }
}

const cli = [process.execPath, join(distribution, 'cli.js')];

/** Starts `nightcrew` with pipes. */
export function startCli(crew: TemporaryCrew, line: string, environment?: NodeJS.ProcessEnv): CliProcess {
  return new CliProcess(crew, [...cli, ...words(line)], environment);
}

/** Runs `nightcrew` with pipes to its end. */
export function runCli(
  crew: TemporaryCrew,
  line: string,
  environment?: NodeJS.ProcessEnv,
): Promise<CliResult> {
  const process = startCli(crew, line, environment);
  process.child.stdin!.end();
  return process.result;
}

/** Starts `nightcrew` on a terminal of 24 rows and 100 columns. */
export function startOnTerminal(
  crew: TemporaryCrew,
  line: string,
  environment?: NodeJS.ProcessEnv,
): CliProcess {
  const terminal = join(import.meta.dirname, 'pseudo-terminal.py');
  const command = ['python3', terminal, '24', '100', ...cli, ...words(line)];
  return new CliProcess(crew, command, { TERM: 'xterm-256color', ...environment });
}

function words(line: string): string[] {
  return line.split(' ').filter((word) => word !== '');
}
