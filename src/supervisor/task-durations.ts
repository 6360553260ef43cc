/** How long jobs of each task took that got done, as far as this supervisor has seen: what a job that tells nothing is compared with. */
import { addDuration, type Experience } from '../core/progress-stall.ts';

/** A crew has a handful; who makes up a task for each job shall not fill the memory. */
const MOST_TASKS = 1_000;
const NONE: Experience = { jobs: 0, longest: 0 };

export class TaskDurations {
  readonly #tasks = new Map<string, Experience>();

  /** Seconds. */
  add(pool: string, task: string, duration: number): void {
    const key = `${pool}/${task}`;
    if (this.#tasks.has(key) || this.#tasks.size < MOST_TASKS)
      this.#tasks.set(key, addDuration(this.#tasks.get(key) ?? NONE, duration));
  }

  of(pool: string, task: string): Experience {
    return this.#tasks.get(`${pool}/${task}`) ?? NONE;
  }
}
