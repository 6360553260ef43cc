/**
 * Where a keeper can be found: a socket and the record of it, in the runtime folder. Both may be swept away while it lives (a
 * logout takes the user's runtime folder along, cleaners sweep temporary ones), and a keeper that nobody finds is one whose
 * workers the next supervisor takes for left-overs. So they are put back.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../core/clock.ts';
import { KeeperError } from './contract.ts';
import {
  readKeeperRecord,
  removeKeeperRecord,
  writeKeeperRecord,
  type KeeperRecord,
} from './keeper-record.ts';
import { isAlive } from './process-identity.ts';

/** Between two looks whether it is still there; milliseconds. */
const LOOK_INTERVAL = 1_000;

export interface KeeperPlaceOptions {
  runtimeFolder: string;
  record: KeeperRecord;
  clock: Clock;
  log: (text: string) => void;
  accept: (socket: Socket) => void;
  /** Another keeper that lives has taken the place, while this one could not be found. */
  onTaken: () => void;
}

export class KeeperPlace {
  readonly #options: KeeperPlaceOptions;
  #server: Server;
  #cancelLook: (() => void) | undefined;
  #isLeft = false;

  constructor(options: KeeperPlaceOptions) {
    this.#options = options;
    this.#server = this.#makeServer();
  }

  /** Rejects with KeeperError `EADDRINUSE` when a keeper has it already. */
  async take(): Promise<void> {
    await this.#listen();
    await writeKeeperRecord(this.#options.runtimeFolder, this.#options.record);
    this.#lookLater();
  }

  async leave(): Promise<void> {
    this.#isLeft = true;
    this.#cancelLook?.();
    this.#server.close();
    await removeKeeperRecord(this.#options.runtimeFolder).catch(() => {});
  }

  #lookLater(): void {
    this.#cancelLook = this.#options.clock.after(LOOK_INTERVAL, () => {
      // What cannot be put back yet is tried again.
      void this.#look()
        .catch(() => {})
        .then(() => {
          if (!this.#isLeft) this.#lookLater();
        });
    });
  }

  async #look(): Promise<void> {
    const { runtimeFolder, record, log, onTaken } = this.#options;
    const found = await readKeeperRecord(runtimeFolder);
    if (isDeepStrictEqual(found, record) && (isPipe() || existsSync(record.socket))) return;
    const isAnother = found !== undefined && !isDeepStrictEqual(found.identity, record.identity);
    if (isAnother && (await isAlive(found.identity))) return onTaken();
    if (this.#isLeft) return;
    if (!isPipe() && !existsSync(record.socket)) {
      this.#server.close();
      this.#server = this.#makeServer();
      await this.#listen();
    }
    await writeKeeperRecord(runtimeFolder, record);
    log('the runtime folder had been swept; socket and record were put back');
  }

  async #listen(): Promise<void> {
    const { runtimeFolder, record, log } = this.#options;
    const { socket } = record;
    await mkdir(runtimeFolder, { recursive: true, mode: 0o700 });
    await chmod(runtimeFolder, 0o700);
    if (await isListening(socket))
      throw new KeeperError('EADDRINUSE', `a keeper listens on ${socket} already`);
    if (!isPipe()) await rm(socket, { force: true });
    // Nobody may connect before the mode is set; the mask must not stay, workers would inherit it.
    const mask = process.umask(0o177);
    const listening = once(this.#server, 'listening');
    this.#server.listen(socket);
    process.umask(mask);
    await listening;
    // Errors from here on, out of file descriptors for one, concern single connections.
    this.#server.on('error', (error) => log(`the server: ${error.message}`));
  }

  #makeServer(): Server {
    return createServer((socket) => this.#options.accept(socket));
  }
}

/** Pipes of Windows have no file that could vanish. */
function isPipe(): boolean {
  return process.platform === 'win32';
}

/** Whether someone listens there. A socket file that nobody listens on is left over from a keeper that was killed. */
function isListening(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}
