/**
 * Tells people of what goes wrong, or is done, while nobody looks: at most one message in a while, which sums up what came in
 * between. At least once: what was not told when a supervisor died is told by the next one, and a message that was sent just
 * before is sent again. A channel that fails is tried again a few times, then given up for this message; that is told once.
 */
import { basename } from 'node:path';
import type { Notice } from '../control/api.ts';
import type { AlertOutcome } from '../control/care.ts';
import { AlertDigest, type AlertFact, type AlertSettings } from '../core/alert.ts';
import type { Clock } from '../core/clock.ts';
import type { Store } from '../store/contract.ts';
import type { AlertsTold, RestoredState } from '../store/restored-state.ts';
import { alertChannels, type AlertChannel, type AlertMessage } from './alert-channels.ts';
import type { Log } from './log.ts';

/** Milliseconds; what comes together is told together. */
const GATHER = 2_000;
const RETRIES = [2_000, 10_000];
/** Of each kind, of what an earlier supervisor did not come to tell. */
const CAUGHT_UP = 1_000;
/** At the end of the crew, milliseconds. */
const LAST_WORDS = 5_000;

interface Parts {
  store: Pick<Store, 'append' | 'write' | 'query' | 'lastSequence'>;
  clock: Clock;
  log: Log;
  workspace: string;
  settings: () => AlertSettings | undefined;
  notice: (notice: Notice) => void;
  channels?: (settings: AlertSettings, workspace: string) => AlertChannel[];
}

export class Alerter {
  readonly #parts: Parts;
  readonly #failing = new Set<AlertChannel['name']>();
  #digest = new AlertDigest();
  #told: AlertsTold | undefined;
  #undelivered = 0;
  #lastSent = -Infinity;
  #cancelWait: (() => void) | undefined;
  /** Ends the waits before messages are tried again. */
  readonly #waits = new Set<() => void>();
  #sending: Promise<void> | undefined;
  #ended = false;

  constructor(parts: Parts, restored: Pick<RestoredState, 'alertsTold'>) {
    this.#parts = parts;
    this.#told = restored.alertsTold;
  }

  /** What an earlier supervisor did not come to tell. From the first start with alerts on, everything is told. */
  async start(): Promise<void> {
    if (!this.#parts.settings()) return;
    if (this.#told === undefined) return this.#record(this.#mark());
    const missed = await this.#parts.store.query('alertable', { ...this.#told, limit: CAUGHT_UP });
    for (const fact of missed) this.tell(fact);
  }

  tell(fact: AlertFact): void {
    const settings = this.#parts.settings();
    if (this.#ended || !settings?.events.includes(fact.kind)) return;
    if (this.#told === undefined) this.#record(this.#mark());
    this.#digest.add(fact);
    this.#schedule(settings);
  }

  /** Sends something by every channel, now and once. */
  async test(): Promise<AlertOutcome[]> {
    const settings = this.#parts.settings();
    if (!settings) return [];
    const text = `Nightcrew, ${this.#where}: this is a test. Alerts come this way.`;
    const sent = await Promise.all(
      this.#channels(settings).map(async (channel): Promise<AlertOutcome> => {
        const problem = await problemOf(channel.send({ subject: 'this is a test', text }));
        return { channel: channel.name, ok: problem === undefined, message: problem ?? 'sent' };
      }),
    );
    if (!settings.notification) return sent;
    this.#parts.notice({ severity: 'info', message: text });
    return [...sent, { channel: 'notification', ok: true, message: 'shown to whoever looks on' }];
  }

  /** What waits is told now, in the time that there is; what failed is tried once more, at once. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#cancelWait?.();
    for (const endWait of this.#waits) endWait();
    let cancel = (): void => undefined;
    const late = new Promise<void>((resolve) => {
      cancel = this.#parts.clock.after(LAST_WORDS, resolve);
    });
    await Promise.race([this.#sendRest(), late]);
    cancel();
  }

  /** What was gathered while a message was on its way waits behind it. */
  async #sendRest(): Promise<void> {
    await this.#sending;
    await this.#send();
  }

  #schedule(settings: AlertSettings): void {
    const { clock } = this.#parts;
    const due = Math.max(GATHER, this.#lastSent + settings.every * 1000 - clock.monotonic());
    this.#cancelWait ??= clock.after(due, () => {
      this.#cancelWait = undefined;
      void this.#send();
    });
  }

  #send(): Promise<void> {
    this.#sending ??= this.#sendDigest().finally(() => {
      this.#sending = undefined;
      const settings = this.#parts.settings();
      if (!this.#digest.isEmpty && settings && !this.#ended) this.#schedule(settings);
    });
    return this.#sending;
  }

  async #sendDigest(): Promise<void> {
    const { settings, clock, notice } = this.#parts;
    const how = settings();
    const digest = this.#digest;
    if (!how || digest.isEmpty) return;
    this.#digest = new AlertDigest();
    this.#lastSent = clock.monotonic();
    const mark = this.#mark();
    const { subject } = digest;
    const message = { subject, text: digest.text(this.#where, clock.now(), this.#undelivered) };
    if (how.notification) notice({ severity: digest.isGoodNews ? 'info' : 'warning', message: message.text });
    const channels = this.#channels(how);
    const delivered = await Promise.all(channels.map((channel) => this.#deliver(channel, message)));
    const isDelivered = !delivered.includes(false);
    this.#undelivered = isDelivered ? 0 : this.#undelivered + 1;
    // At the end it was not tried as often as it should be: the next supervisor does.
    if (isDelivered || !this.#ended) this.#record(mark);
  }

  async #deliver(channel: AlertChannel, message: AlertMessage): Promise<boolean> {
    const { log, notice } = this.#parts;
    let problem = await problemOf(channel.send(message));
    for (const wait of RETRIES) {
      if (problem === undefined || this.#ended) break;
      await this.#pause(wait);
      problem = await problemOf(channel.send(message));
    }
    if (problem === undefined) {
      this.#failing.delete(channel.name);
      return true;
    }
    log.warn(`An alert could not be sent by ${channel.name}: ${problem}`);
    if (!this.#failing.has(channel.name)) {
      this.#failing.add(channel.name);
      notice({
        severity: 'warning',
        message: `Alerts cannot be sent by ${channel.name}: ${problem}.`,
        nextStep: 'Correct it under "alerts" in nightcrew.yaml; `nightcrew alert --test` tries it.',
      });
    }
    return false;
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.#waits.delete(end);
        resolve();
      };
      const cancel = this.#parts.clock.after(milliseconds, end);
      this.#waits.add(end);
    });
  }

  #channels(settings: AlertSettings): AlertChannel[] {
    return (this.#parts.channels ?? alertChannels)(settings, this.#parts.workspace);
  }

  get #where(): string {
    return basename(this.#parts.workspace);
  }

  #mark(): AlertsTold {
    return { through: this.#parts.store.lastSequence, at: this.#parts.clock.now() };
  }

  #record(told: AlertsTold): void {
    this.#told = told;
    try {
      this.#parts.store.append({ type: 'alerts.told', ...told });
      this.#parts.store.write();
    } catch {
      // The store has ended or the disk refuses: then it is told once more.
    }
  }
}

async function problemOf(sending: Promise<void>): Promise<string | undefined> {
  return sending.then(
    () => undefined,
    (error: Error) => error.message,
  );
}
