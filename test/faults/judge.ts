/** The checker of the long test, for runs made by hand: one process judges them all, as starting one takes longer than judging. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { JudgedRun } from './judged-run.ts';

type Answer = { violations: string[] } | { failure: string };

export class Judge {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  #stderr = '';

  constructor() {
    this.#process = spawn('python3', [join(import.meta.dirname, 'checker', 'check_many.py')]);
    this.#process.stderr.on('data', (text: Buffer) => (this.#stderr += text.toString()));
    this.#answers = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  /** One run at a time. */
  async violations({ folder, marker }: JudgedRun): Promise<string[]> {
    this.#process.stdin.write(`${JSON.stringify([folder, `CHAOS_RUN=${marker}`])}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`The checker ended. ${this.#stderr}`);
    const answer = JSON.parse(value) as Answer;
    if ('failure' in answer) throw new Error(answer.failure);
    return answer.violations;
  }

  async end(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.stdin.end();
    await exited;
  }
}
