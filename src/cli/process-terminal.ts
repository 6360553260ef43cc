/** The terminal, pipe or file that this process was started with. */
import { createInterface } from 'node:readline';
import type { WriteStream } from 'node:tty';
import { createLogUpdate } from 'log-update';
import picocolors from 'picocolors';
import { NO_COLORS, type Answer, type Colors, type LiveRegion, type Terminal } from './terminal.ts';

/** Of a terminal that does not tell its size. */
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

type Environment = Readonly<Record<string, string | undefined>>;

export function processTerminal(environment: Environment): Terminal {
  const { stdin, stdout, stderr } = process;
  // Node's types say `isTTY: true`; on a pipe it is undefined.
  const isTerminal = (stream: { isTTY?: boolean }): boolean => stream.isTTY === true;
  const interactive = isTerminal(stdout) && environment['TERM'] !== 'dumb';
  return {
    interactive,
    canAsk: interactive && isTerminal(stdin),
    unicode: showsUnicode(environment),
    get columns() {
      return stdout.columns || DEFAULT_COLUMNS;
    },
    get rows() {
      return stdout.rows || DEFAULT_ROWS;
    },
    colors: colorsFor(interactive, environment),
    errorColors: colorsFor(isTerminal(stderr) && environment['TERM'] !== 'dumb', environment),
    print: (text) => stdout.write(`${text}\n`),
    printError: (text) => stderr.write(`${text}\n`),
    write: (text) => stdout.write(text),
    live: () => liveRegion(stdout),
    ask,
  };
}

/** https://no-color.org: set and not empty means none. */
function colorsFor(terminal: boolean, environment: Environment): Colors {
  return terminal && !environment['NO_COLOR'] ? picocolors.createColors(true) : NO_COLORS;
}

/** The Linux console and old Windows consoles have a font of a few hundred characters. */
function showsUnicode(environment: Environment): boolean {
  if (process.platform === 'win32') return Boolean(environment['WT_SESSION'] ?? environment['TERM_PROGRAM']);
  return environment['TERM'] !== 'linux';
}

function liveRegion(stdout: WriteStream): LiveRegion {
  const update = createLogUpdate(stdout);
  let ended = false;
  return {
    show: (lines) => {
      if (!ended) update(lines.join('\n'));
    },
    print: (line) => update.persist(line),
    end: () => {
      if (ended) return;
      ended = true;
      update.clear();
      update.done();
    },
  };
}

function ask(question: string, signal?: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    const reader = createInterface({ input: process.stdin, output: process.stdout, terminal: true });
    let answer: Answer = 'closed';
    reader.once('SIGINT', () => {
      answer = 'interrupted';
      reader.close();
    });
    reader.once('close', () => resolve(answer));
    if (signal?.aborted) reader.close();
    signal?.addEventListener('abort', () => reader.close(), { once: true });
    reader.question(question, (text) => {
      answer = { text };
      reader.close();
    });
  });
}
