/** The workspace's crew file: read when it is needed, looked at again when it changed. */
import { readFileSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ControlError, ControlErrorCode } from '../control/control-error.ts';
import type { CrewFileReport } from '../control/crew-state.ts';
import type { AlertSettings } from '../core/alert.ts';
import type { Clock } from '../core/clock.ts';
import { CREW_FILE_NAME, parseCrewFile, type CrewBatch, type CrewFile } from '../core/crew-file.ts';
import { matrixSize } from '../core/matrix.ts';
import { POOL_DEFAULTS, type PoolDefaults } from '../core/pool.ts';
import { DEFAULT_RETENTION, type RetentionSettings } from '../core/retention.ts';

/** An editor that saves makes several changes; milliseconds of quiet before the file is read. */
const SETTLE = 100;

export class CrewFileSource {
  readonly file: string;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #defaults: () => PoolDefaults;
  #text: string | undefined;
  #readWith: PoolDefaults | undefined;
  #crewFile: CrewFile | undefined;
  /** The last one without problems. One that is gone or empty, as in the middle of a save, does not take its place. */
  #sound: CrewFile | undefined;
  #watcher: FSWatcher | undefined;
  #cancelSettle: () => void = () => undefined;

  constructor(workspace: string, clock: Clock, defaults: () => PoolDefaults = () => POOL_DEFAULTS) {
    this.#defaults = defaults;
    this.#folder = workspace;
    this.file = join(workspace, CREW_FILE_NAME);
    this.#clock = clock;
  }

  /** The crew file as it is now; undefined when there is none. */
  read(): CrewFile | undefined {
    try {
      const text = this.#readText();
      if (text === undefined) {
        this.#text = this.#crewFile = undefined;
      } else if (
        text !== this.#text ||
        !this.#crewFile ||
        !isDeepStrictEqual(this.#readWith, this.#defaults())
      ) {
        this.#text = text;
        this.#readWith = this.#defaults();
        this.#crewFile = parseCrewFile(text, this.file, this.#readWith);
        if (this.#crewFile.problems.length === 0 && text.trim() !== '') this.#sound = this.#crewFile;
      }
    } catch (error) {
      // It is read by timers too: what is wrong with it is reported, never thrown.
      this.#text = undefined;
      this.#crewFile = unreadable(error as Error);
    }
    return this.#crewFile;
  }

  /** Whom to tell of what, as it was read last. Where there never was a sound file, all that can be read of it is better than silence. */
  get alerts(): AlertSettings | undefined {
    return (this.#sound ?? this.#crewFile)?.alerts;
  }

  /** What to keep, as it was read last; undefined while nobody can know. */
  get retention(): RetentionSettings | undefined {
    if (this.#sound) return this.#sound.retention ?? DEFAULT_RETENTION;
    return this.#crewFile && this.#crewFile.problems.length > 0 ? undefined : DEFAULT_RETENTION;
  }

  /** The crew file, to act on: refused when it is missing or has problems. */
  require(): CrewFile {
    const crewFile = this.read();
    if (!crewFile) {
      throw new ControlError(ControlErrorCode.notFound, `There is no crew file ${this.file}.`, {
        place: this.file,
        nextStep: `Write a ${CREW_FILE_NAME} with at least one pool.`,
      });
    }
    refuseProblems(crewFile, this.file);
    return crewFile;
  }

  report(): CrewFileReport {
    const crewFile = this.read();
    return {
      file: this.file,
      exists: crewFile !== undefined,
      pools: (crewFile?.pools ?? []).map(({ name, workers, command }) => ({
        name,
        wanted: workers,
        command,
      })),
      batches: (crewFile?.batches ?? []).map((batch) => ({
        name: batch.name,
        pool: batch.pool,
        ...sizeOf(batch),
      })),
      problems: crewFile?.problems ?? [],
      warnings: crewFile?.warnings ?? [],
      ...(crewFile && crewFile.problems.length > 0 ? { meanwhile: this.#meanwhile } : {}),
    };
  }

  get #meanwhile(): string {
    return this.#sound
      ? 'Until this is corrected, the last version without problems holds: its pools, alerts and retention.'
      : 'Until this is corrected, the pools of earlier runs hold, alerts go out as far as they can be read, and no ended job is archived.';
  }

  /** Calls `listener` when the crew file was written, made or removed. */
  watch(listener: () => void): void {
    this.#watcher = watch(this.#folder, { persistent: false }, (_event, name) => {
      if (name !== CREW_FILE_NAME) return;
      this.#cancelSettle();
      this.#cancelSettle = this.#clock.after(SETTLE, listener);
    });
    // Where watching is not possible, the file is still read anew with every command.
    this.#watcher.on('error', () => this.close());
  }

  close(): void {
    this.#cancelSettle();
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #readText(): string | undefined {
    try {
      return readFileSync(this.file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new ControlError(
        ControlErrorCode.badInput,
        `Cannot read ${this.file}: ${(error as Error).message}.`,
        {
          place: this.file,
          nextStep: 'Make the file readable.',
        },
      );
    }
  }
}

function unreadable({ message }: Error): CrewFile {
  return {
    pools: [],
    batches: [],
    written: {},
    warnings: [],
    problems: [{ message, line: 1, column: 1, nextStep: 'Make the file readable.' }],
  };
}

/** Throws the first problem, with its place. */
export function refuseProblems(crewFile: CrewFile, file: string): void {
  const [first, ...others] = crewFile.problems;
  if (!first) return;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  throw new ControlError(ControlErrorCode.crewFile, `${first.message}${more}`, {
    place: `${file}:${first.line}:${first.column}`,
    nextStep: first.nextStep ?? 'Correct that line; nothing was done.',
  });
}

/** How many jobs a batch makes, where that is known without reading another file. */
function sizeOf({ source }: CrewBatch): { count?: number } {
  if ('matrix' in source) return { count: matrixSize(source.matrix) };
  return 'jobs' in source ? { count: source.jobs.length } : {};
}
