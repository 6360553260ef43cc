/**
 * One run of a command, in a process group of its own so that all it started ends with it. What it prints goes to
 * our stderr, which is the worker's log, as it comes.
 */
import { execa } from 'execa';
import { OutputTail } from './output-tail.ts';

/** Milliseconds between asking a command to end (SIGTERM) and ending it (SIGKILL). */
const KILL_GRACE = 10_000;
/** Milliseconds that processes the command left behind may keep its output open after its own end. */
const LEFTOVER_GRACE = 2_000;
/** UTF-16 code units; what a result without a file shows of the output. */
const OUTPUT_CHARACTERS = 2_000;
/** UTF-16 code units; enough for the traceback of a deep stack. */
const ERROR_CHARACTERS = 8_000;

export interface CommandOutcome {
  /** Null when a signal ended the command. */
  exitCode: number | null;
  signal: string | null;
  /** The end of stdout, at most 2,000 characters. */
  output: string;
  /** The end of stderr, at most 8,000 characters. */
  errorOutput: string;
}

export class CommandRun {
  /** Settles when the command has ended; rejects with the system's error when it could not be started. */
  readonly outcome: Promise<CommandOutcome>;
  readonly #subprocess;
  readonly #output = new OutputTail(OUTPUT_CHARACTERS);
  readonly #errorOutput = new OutputTail(ERROR_CHARACTERS);

  /** @param command Program and arguments; the program is looked up on PATH. */
  constructor(command: readonly string[], environment: Record<string, string>) {
    const [program = '', ...arguments_] = command;
    this.#subprocess = execa(program, arguments_, {
      env: environment,
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
      buffer: false,
      reject: false,
      killDescendants: true,
      forceKillAfterDelay: KILL_GRACE,
    });
    const { stdout, stderr } = this.#subprocess;
    stdout.on('data', (chunk: Buffer) => this.#output.push(chunk)).pipe(process.stderr, { end: false });
    stderr.on('data', (chunk: Buffer) => this.#errorOutput.push(chunk)).pipe(process.stderr, { end: false });
    this.outcome = this.#wait();
  }

  /** Asks the whole group to end, and ends it after 10 s. */
  stop(): void {
    this.#subprocess.kill('SIGTERM');
    // A command that was stopped (`kill -STOP`) hears the first only after the second.
    if (process.platform !== 'win32') this.#subprocess.kill('SIGCONT');
  }

  /** Ends the whole group at once. */
  killNow(): void {
    this.#subprocess.kill('SIGKILL');
  }

  async #wait(): Promise<CommandOutcome> {
    const subprocess = this.#subprocess;
    const child = subprocess.nodeChildProcess;
    let leftover: NodeJS.Timeout | undefined;
    child.once('exit', () => {
      leftover = setTimeout(() => {
        this.killNow();
        subprocess.stdout.destroy();
        subprocess.stderr.destroy();
      }, LEFTOVER_GRACE);
    });
    const { cause } = await subprocess;
    clearTimeout(leftover);
    if (subprocess.pid === undefined) throw cause;
    return {
      exitCode: child.exitCode,
      signal: child.signalCode,
      output: this.#output.text(),
      errorOutput: this.#errorOutput.text(),
    };
  }
}
