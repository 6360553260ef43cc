/** One run: its rounds, each of chaos, rest and judgement. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../wait-for.ts';
import type { ChaosFolder } from './chaos-folder.ts';
import { planFaults } from './chaos-plan.ts';
import { sendHome, workOff } from './crew-at-rest.ts';
import { crewProcesses, signal } from './crew-processes.ts';
import { Faces } from './faces.ts';
import { Faults } from './faults.ts';
import { keepArchiving } from './journal-archive.ts';

interface Verdict {
  violations: string[];
  figures: Record<string, unknown>;
}

export class ChaosRun {
  readonly #folder: ChaosFolder;
  readonly #seed: number;
  readonly #faces: Faces;
  readonly #faults: Faults;
  #verdict: Verdict | undefined;

  constructor(folder: ChaosFolder, seed: number) {
    this.#folder = folder;
    this.#seed = seed;
    folder.adoptEnvironment();
    this.#faces = new Faces(folder);
    this.#faults = new Faults(folder, (action) => this.#faces.without(action));
  }

  /** Returns what was found wrong; undefined when nothing was. */
  async round(round: number, kills: number): Promise<string | undefined> {
    const began = performance.now();
    const endArchiving = keepArchiving(this.#folder);
    this.#folder.trace('round', { round, kills });
    this.#faces.begin(this.#seed, round);
    for (const fault of planFaults(this.#seed, round, kills)) {
      if (fault.when === 'working') await this.#workBegins();
      await delay(fault.after);
      await this.#faults.carryOut(fault);
    }
    const chaos = seconds(began);
    await this.#faults.end();
    await this.#faces.end();
    await workOff(this.#folder);
    await sendHome(this.#folder);
    endArchiving();
    const rest = seconds(began) - chaos;
    this.#verdict = judge(this.#folder);
    console.log(
      `round ${round}: ${kills} kills in ${chaos.toFixed(1)} s, worked off in ${rest.toFixed(1)} s, ` +
        `${this.#faces.acknowledgedJobs} jobs acknowledged so far, ${this.#verdict.violations.length} violations`,
    );
    const violations = [...this.#faces.stuck, ...this.#verdict.violations];
    return violations.length > 0 ? violations.slice(0, 40).join('\n') : undefined;
  }

  /** A crew that does not come to work is not waited for: chaos goes on, and the end of the round shows what is wrong. */
  async #workBegins(): Promise<void> {
    const ledger = join(this.#folder.path, 'ledger');
    const { size } = statSync(ledger);
    const giveUp = performance.now() + 10_000;
    while (statSync(ledger).size === size && performance.now() < giveUp) await delay(20);
  }

  /** Leaves no process behind, whatever happened. */
  async end(): Promise<void> {
    await this.#faults.end();
    const faces = this.#faces.end();
    await waitFor('all processes of the run to be gone', () => {
      const left = crewProcesses(this.#folder.marker);
      for (const { pid } of left) signal(pid, 'SIGKILL');
      return left.length === 0;
    });
    await Promise.race([faces, delay(5_000)]);
  }

  summary(): string {
    const refusals = [...this.#faces.refusals].sort((left, right) => right[1] - left[1]);
    return [
      `seed ${this.#seed}: kills ${JSON.stringify(this.#faults.killed)}, ${this.#faults.signals} processes`,
      `faces: ${this.#faces.visits} visits, ${this.#faces.acknowledgedJobs} jobs acknowledged`,
      ...refusals.slice(0, 20).map(([message, times]) => `  ${times} × ${message}`),
      JSON.stringify(this.#verdict?.figures ?? {}, undefined, 2),
    ].join('\n');
  }
}

/** The judge is a program of its own, which shares nothing with the product. */
function judge(folder: ChaosFolder): Verdict {
  const program = join(import.meta.dirname, 'checker', 'check.py');
  const environment = { ...process.env };
  delete environment['CHAOS_RUN'];
  const options = { encoding: 'utf8', env: environment, maxBuffer: 64 * 1024 * 1024 } as const;
  const { stdout, stderr, status } = spawnSync(
    'python3',
    [program, folder.path, `CHAOS_RUN=${folder.marker}`],
    options,
  );
  if (status !== 0) throw new Error(`The checker failed: ${stderr}`);
  return JSON.parse(stdout) as Verdict;
}

function seconds(since: number): number {
  return (performance.now() - since) / 1000;
}
