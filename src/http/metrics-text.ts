/** Prometheus's text format, version 0.0.4: families of samples, each with its help and its type. */
export type MetricLabels = Record<string, string>;

export interface Sample {
  labels?: MetricLabels;
  value: number;
}

export class MetricsText {
  readonly #lines: string[] = [];

  /** Nothing is written of a family without samples. `name` is without the prefix that all have. */
  add(type: 'gauge' | 'counter', name: string, help: string, samples: readonly Sample[]): void {
    if (samples.length === 0) return;
    const full = `nightcrew_${name}`;
    this.#lines.push(`# HELP ${full} ${escapedHelp(help)}`, `# TYPE ${full} ${type}`);
    for (const { labels = {}, value } of samples) {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapedLabel(text)}"`);
      this.#lines.push(`${full}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`);
    }
  }

  toString(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }
}

function escapedHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapedLabel(text: string): string {
  return escapedHelp(text).replaceAll('"', '\\"');
}
