/** What people are told of when nobody looks, and the words for it. */
import { formatDuration } from './duration.ts';
import type { JobId } from './job.ts';
import { quantity } from './quantity.ts';

export const ALERT_KINDS = [
  'job-failed',
  'worker-failed',
  'stalled',
  'trouble',
  'ramp',
  'batch-finished',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** Something that happened, as it is known when it happens and from the database afterwards. */
export type AlertFact =
  /** It failed for good: no attempt is left. */
  | { kind: 'job-failed'; at: number; job: JobId; batch: string; pool: string; reason: string }
  | { kind: 'worker-failed'; at: number; worker: string; reason: string }
  | { kind: 'stalled'; at: number; worker: string; reason: string }
  /** A state that keeps the crew from its work. */
  | { kind: 'trouble'; at: number; reason: string }
  | { kind: 'ramp'; at: number; pool: string; state: 'rolled-back' | 'completed'; reason: string }
  | { kind: 'batch-finished'; at: number; batch: string; done: number; failed: number; cancelled: number };

export interface AlertSettings {
  /** Which kinds. Default all. */
  events: AlertKind[];
  /** A POST of JSON `{"text": …}`, as Slack, Mattermost and others take it. A URL that is a secret stands elsewhere. */
  webhook?: WebhookSource;
  /** An argument list, started without a shell; it gets the message on stdin. */
  command?: string[];
  /** Whether faces show it. */
  notification: boolean;
  /** Seconds; at most one message in this time, the rest is summed up in the next. */
  every: number;
}

/** `file`: absolute. */
export type WebhookSource = { url: string } | { env: string } | { file: string };

/** Seconds: a night in which everything fails is 100 messages, not 10,000. */
export const DEFAULT_ALERT_INTERVAL_SECONDS = 300;

/** Of each kind; the rest is counted. */
const SHOWN_OF_A_KIND = 5;
const LONGEST_REASON = 200;

/** What is to be told with the next message: a few of each kind in full, all of them by their count. */
export class AlertDigest {
  readonly #shown = new Map<AlertKind, AlertFact[]>();
  readonly #counts = new Map<AlertKind, number>();
  #since = Infinity;

  add(fact: AlertFact): void {
    this.#counts.set(fact.kind, this.count(fact.kind) + 1);
    this.#since = Math.min(this.#since, fact.at);
    const shown = this.#shown.get(fact.kind) ?? [];
    this.#shown.set(fact.kind, shown);
    if (shown.length < SHOWN_OF_A_KIND) shown.push(fact);
  }

  count(kind: AlertKind): number {
    return this.#counts.get(kind) ?? 0;
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  /** Whether it is about nothing but work that went well. */
  get isGoodNews(): boolean {
    const shown = [...this.#shown.values()].flat();
    return shown.length > 0 && shown.every((fact) => isClean(fact));
  }

  /** One line that says what it is about. */
  get subject(): string {
    return ALERT_KINDS.flatMap((kind) => {
      const count = this.count(kind);
      return count === 0 ? [] : TITLES[kind](count);
    }).join(', ');
  }

  /** `where`: the workspace's name; `undelivered`: messages before this one that could not be sent. */
  text(where: string, now: number, undelivered = 0): string {
    const age = (now - this.#since) / 1000;
    const since = age > 90 ? ` in the last ${formatDuration(age)}` : '';
    const lines = ALERT_KINDS.flatMap((kind) => {
      const shown = this.#shown.get(kind) ?? [];
      const more = this.count(kind) - shown.length;
      return [
        ...shown.map((fact) => `• ${sentenceOf(fact)}`),
        ...(more > 0 ? [`• and ${more.toLocaleString('en')} more`] : []),
      ];
    });
    if (undelivered > 0) lines.push(`• ${quantity(undelivered, 'alert')} before this could not be sent`);
    return [`Nightcrew, ${where}: ${this.subject}${since}`, ...lines].join('\n');
  }
}

const TITLES: Record<AlertKind, (count: number) => string> = {
  'job-failed': (count) => `${quantity(count, 'job')} failed`,
  'worker-failed': (count) => `${quantity(count, 'worker')} failed`,
  stalled: (count) => `${quantity(count, 'worker')} stalled`,
  trouble: (count) => quantity(count, 'trouble'),
  ramp: (count) => `news of ${quantity(count, 'ramp')}`,
  'batch-finished': (count) => `${quantity(count, 'batch', 'batches')} finished`,
};

function sentenceOf(fact: AlertFact): string {
  switch (fact.kind) {
    case 'job-failed':
      return `Job ${fact.job} of ${fact.batch}, in pool ${fact.pool}, failed: ${short(fact.reason)}`;
    case 'worker-failed':
      return `${fact.worker} failed: ${short(fact.reason)}`;
    case 'stalled':
      return `${fact.worker} is stalled: ${short(fact.reason)}`;
    case 'trouble':
      return short(fact.reason);
    case 'ramp':
      return `The ramp of ${fact.pool} is ${fact.state === 'completed' ? 'completed' : 'rolled back'}: ${short(fact.reason)}`;
    case 'batch-finished':
      return `${fact.batch} has finished: ${fact.done} done, ${fact.failed} failed, ${fact.cancelled} cancelled`;
  }
}

function isClean(fact: AlertFact): boolean {
  if (fact.kind === 'ramp') return fact.state === 'completed';
  return fact.kind === 'batch-finished' && fact.failed === 0;
}

function short(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length <= LONGEST_REASON ? line : `${line.slice(0, LONGEST_REASON - 1)}…`;
}
