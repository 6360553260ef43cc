/** Jobs per second, as a person expects it: of the last minute where enough happened in it, else of the whole run. */

/** Milliseconds. */
const WINDOW = 60_000;
/** Fewer ended jobs than this say nothing of the last minute: jobs of hours are judged by all of the run. */
const ENOUGH = 10;

interface Sample {
  /** Monotonic milliseconds. */
  at: number;
  ended: number;
}

export class RateMeter {
  readonly #first: Sample;
  #recent: Sample[];

  constructor(at: number, ended: number) {
    this.#first = { at, ended };
    this.#recent = [this.#first];
  }

  /** Notes how many jobs have ended until now. */
  note(at: number, ended: number): void {
    this.#recent.push({ at, ended });
    // The newest sample that is older than the window stays: the window begins with it.
    while (this.#recent.length > 2 && this.#recent[1]!.at <= at - WINDOW) this.#recent.shift();
  }

  /** 0 while nothing has ended. */
  get perSecond(): number {
    const last = this.#recent.at(-1)!;
    const begin = this.#recent[0]!;
    return rateBetween(last.ended - begin.ended >= ENOUGH ? begin : this.#first, last);
  }
}

function rateBetween(begin: Sample, end: Sample): number {
  return end.at > begin.at ? ((end.ended - begin.ended) / (end.at - begin.at)) * 1000 : 0;
}
