/**
 * Keeps the HTTP service of the window's folder running while the setting asks for it and the workspace is trusted. It ends with
 * the window; another window that has the same folder open takes its place.
 */
import type { HttpProcess } from '../control/http-process.ts';
import { fullText } from '../control/full-text.ts';
import type { Clock } from '../core/clock.ts';

/** Milliseconds until it is tried again, after another one had the workspace or the service ended by itself. */
const AGAIN = 5_000;

/** What is to be served; undefined: nothing. */
export type Wish = { workspace: string; port: number } | undefined;

interface Parts {
  start(wish: NonNullable<Wish>): Promise<HttpProcess>;
  clock: Clock;
  log: { info(message: string): void; warn(message: string): void };
  /** A person must see to it; told once for each wish. */
  onProblem(message: string): void;
}

export class HttpKeeper {
  readonly #parts: Parts;
  #wish: Wish;
  /** Grows with every change of the wish, so that what was started for an older one is ended. */
  #generation = 0;
  #running: HttpProcess | undefined;
  #cancelAgain: () => void = () => undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  wish(wish: Wish): void {
    if (this.#wish?.workspace === wish?.workspace && this.#wish?.port === wish?.port) return;
    this.#end();
    this.#wish = wish;
    if (wish) void this.#start(wish, this.#generation);
  }

  dispose(): void {
    this.wish(undefined);
  }

  #end(): void {
    this.#generation++;
    this.#cancelAgain();
    this.#running?.end();
    this.#running = undefined;
  }

  async #start(wish: NonNullable<Wish>, generation: number): Promise<void> {
    const { start, log, onProblem } = this.#parts;
    try {
      const process = await start(wish);
      if (generation !== this.#generation) {
        process.end();
        return;
      }
      const { report } = process;
      if (report.served) {
        this.#running = process;
        log.info(`HTTP: ${report.url} answers whoever shows the token in ${report.tokenFile}.`);
        void process.ended.then((code) => this.#ended(wish, generation, code));
      } else if (report.held === undefined) onProblem(fullText(report));
      else this.#again(wish, generation);
    } catch (error) {
      if (generation === this.#generation) onProblem(`The HTTP service cannot be started: ${String(error)}`);
    }
  }

  #ended(wish: NonNullable<Wish>, generation: number, code: number | null): void {
    if (generation !== this.#generation) return;
    this.#running = undefined;
    this.#parts.log.warn(`The HTTP service ended by itself (exit code ${code}); it is started again.`);
    this.#again(wish, generation);
  }

  #again(wish: NonNullable<Wish>, generation: number): void {
    this.#cancelAgain = this.#parts.clock.after(AGAIN, () => void this.#start(wish, generation));
  }
}
