/** The crew file's pools, taken into the register when the file is read and whenever it changes. */
import type { Changes } from './changes.ts';
import { refuseProblems, type CrewFileSource } from './crew-file-source.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Log } from './log.ts';
import type { PoolRegister } from './pool-register.ts';

interface Parts {
  crewFile: CrewFileSource;
  pools: PoolRegister;
  dispatcher: Dispatcher;
  changes: Changes;
  log: Log;
}

export class CrewFilePools {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Takes the pools in, refusing a file with problems. */
  declare(): void {
    const crewFile = this.#parts.crewFile.read();
    if (!crewFile) return;
    refuseProblems(crewFile, this.#parts.crewFile.file);
    for (const pool of crewFile.pools) this.#parts.pools.declare(pool);
  }

  /** Follows the file. Problems in it are told by its report, to whoever looks. */
  watch(): void {
    const { crewFile, changes, log } = this.#parts;
    this.#declareSound();
    try {
      crewFile.watch(() => {
        this.#declareSound();
        changes.other('crewFile');
      });
    } catch (error) {
      log.warn(`The crew file cannot be watched: ${(error as Error).message}`);
    }
  }

  /** Faces offer the pools of the crew file before anything was started. */
  #declareSound(): void {
    const crewFile = this.#parts.crewFile.read();
    if (crewFile?.problems.length === 0) for (const pool of crewFile.pools) this.#parts.pools.declare(pool);
    this.#parts.dispatcher.schedule();
  }
}
