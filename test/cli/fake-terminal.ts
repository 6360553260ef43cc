/** A terminal that keeps what is shown and answers questions from a list. */
import {
  NO_COLORS,
  type Answer,
  type Colors,
  type LiveRegion,
  type Terminal,
} from '../../src/cli/terminal.ts';

export class FakeTerminal implements Terminal {
  interactive = false;
  canAsk = false;
  unicode = true;
  columns = 100;
  rows = 40;
  readonly colors: Colors = NO_COLORS;
  readonly errorColors: Colors = NO_COLORS;
  /** What stands on stdout and stderr. */
  output = '';
  errors = '';
  /** What the live region shows now. */
  region: readonly string[] | undefined;
  readonly questions: string[] = [];
  answers: Answer[] = [];

  print(text: string): void {
    this.output += `${text}\n`;
  }

  printError(text: string): void {
    this.errors += `${text}\n`;
  }

  write(text: string): void {
    this.output += text;
  }

  live(): LiveRegion {
    return {
      show: (lines) => (this.region = lines),
      print: (line) => this.print(line),
      end: () => (this.region = undefined),
    };
  }

  async ask(question: string): Promise<Answer> {
    this.questions.push(question);
    return this.answers.shift() ?? 'closed';
  }
}
