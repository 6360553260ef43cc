/** Why workers could not be started, with the end of their logs; workers with the same trouble are told once. */
import type { WorkerView } from '../control/crew-state.ts';
import { readLogTail } from '../control/log-tail.ts';
import { plainLines } from './plain-text.ts';
import { printProblem } from './report-error.ts';
import type { Terminal } from './terminal.ts';

/** Lines of a log: a traceback's end, which names the error. */
const TAIL_LINES = 8;
/** Different troubles that are told in full. */
const MOST_TOLD = 5;

export async function printStartFailures(terminal: Terminal, failed: readonly WorkerView[]): Promise<void> {
  const byReason = Map.groupBy(failed, (worker) => worker.reason);
  for (const [reason, workers] of [...byReason].slice(0, MOST_TOLD)) {
    const [first] = workers;
    const others = workers.length > 1 ? ` (and ${workers.length - 1} more like it)` : '';
    printProblem(terminal, { message: `${first!.id}${others}: ${reason}`, place: first!.logFile });
    const tail = ownLines(plainLines(await readLogTail(first!.logFile, TAIL_LINES)));
    for (const line of tail) terminal.printError(terminal.errorColors.dim(`  | ${line}`));
  }
  if (byReason.size > MOST_TOLD) {
    terminal.printError(`${byReason.size - MOST_TOLD} more reasons: \`nightcrew status\` shows all.`);
  }
}

/** What the program itself printed since it was started last; the keeper's lines begin with `[nightcrew]`. */
function ownLines(lines: readonly string[]): string[] {
  const launch = lines.findLastIndex((line) => /^\[nightcrew\].* launch \d+ of /.test(line));
  return lines.slice(launch + 1).filter((line) => line !== '' && !line.startsWith('[nightcrew]'));
}
