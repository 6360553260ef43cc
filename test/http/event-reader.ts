/** Reads server-sent events from a real connection. */
import { get, type ClientRequest, type IncomingMessage } from 'node:http';
import { waitFor } from '../wait-for.ts';
import type { HttpService } from './http-service.ts';

export interface ReadEvent {
  id: string;
  event: string;
  data: Record<string, unknown>;
}

export class EventReader {
  readonly events: ReadEvent[] = [];
  readonly #request: ClientRequest;

  constructor({ url, token }: HttpService, lastEventId?: string) {
    this.#request = get(`${url}/api/events/`, {
      headers: {
        Authorization: `Bearer ${token}`,
        ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }),
      },
    });
    this.#request.on('response', (response) => this.#read(response));
    this.#request.on('error', () => undefined);
  }

  /** The first event of which the condition holds. */
  async until(what: string, condition: (event: ReadEvent) => boolean): Promise<ReadEvent> {
    await waitFor(what, () => this.events.some(condition), {
      seen: () => this.events.map(({ id, event }) => `${id} ${event}`).join('\n'),
    });
    return this.events.find(condition)!;
  }

  close(): void {
    this.#request.destroy();
  }

  #read(response: IncomingMessage): void {
    let rest = '';
    response.on('error', () => undefined);
    response.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n\n');
      rest = parts.pop()!;
      for (const part of parts) {
        const [, id, event, data] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(part) ?? [];
        if (data)
          this.events.push({ id: id!, event: event!, data: JSON.parse(data) as Record<string, unknown> });
      }
    });
  }
}
