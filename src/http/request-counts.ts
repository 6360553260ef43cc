/** How often each route answered with each status, for the metrics. Bounded: paths that are no route count as one. */
export class RequestCounts {
  readonly #counts = new Map<string, { route: string; status: number; count: number }>();

  add(route: string, status: number): void {
    const key = `${route} ${status}`;
    const known = this.#counts.get(key) ?? { route, status, count: 0 };
    known.count += 1;
    this.#counts.set(key, known);
  }

  get all(): { route: string; status: number; count: number }[] {
    return [...this.#counts.values()];
  }
}
