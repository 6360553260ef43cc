/**
 * What faces give for settings: those of the one that started workers last hold for all workers that are started from then on,
 * also by the supervisor itself. So it does not matter whose environment the supervisor happens to have been started in.
 */
import { ControlError, ControlErrorCode } from '../control/control-error.ts';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { PoolDefaults } from '../core/pool.ts';
import { poolDefaults, readSettings, type GivenSetting, type Settings } from '../core/settings.ts';
import type { Store } from '../store/contract.ts';
import { requireLogFolder } from './log-folder.ts';

export class CrewSettings {
  readonly #store: Pick<Store, 'append'>;
  readonly #workspace: string;
  #given: readonly GivenSetting[] | undefined;
  #settings: Settings;

  constructor(
    store: Pick<Store, 'append'>,
    restored: readonly GivenSetting[] | undefined,
    workspace: string,
  ) {
    this.#store = store;
    this.#workspace = workspace;
    this.#given = restored;
    this.#settings = readSettings(restored ?? []).settings;
  }

  get current(): Settings {
    return this.#settings;
  }

  /** Undefined before anybody started workers. */
  get given(): readonly GivenSetting[] | undefined {
    return this.#given;
  }

  get poolDefaults(): PoolDefaults {
    return poolDefaults(this.#settings);
  }

  /** A face that gives none leaves them as they are; one whose environment has none gives an empty list. */
  take(given: readonly GivenSetting[] | undefined): void {
    if (given === undefined || isDeepStrictEqual(given, this.#given)) return;
    const { settings, problems } = readSettings(given);
    const [first, ...more] = problems;
    if (first) {
      const others = more.length > 0 ? ` (and ${more.map(({ from }) => from).join(', ')})` : '';
      throw new ControlError(ControlErrorCode.badInput, `${first.message}${others}`, {
        place: first.from,
        nextStep: first.nextStep,
      });
    }
    const named = given.find(({ name }) => name === 'logFolder');
    if (named && settings.logFolder !== undefined)
      requireLogFolder(resolve(this.#workspace, settings.logFolder), named.from);
    this.#given = given.map(({ name, text, from }) => ({ name, text, from }));
    this.#settings = settings;
    this.#store.append({ type: 'settings.given', settings: this.#given as GivenSetting[] });
  }
}
