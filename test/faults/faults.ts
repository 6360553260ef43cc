/** Carries out what was planned: kills, freezes, tears, litters, fills. Every act is written into the trace. */
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../wait-for.ts';
import type { ChaosFolder } from './chaos-folder.ts';
import type { PlannedFault } from './chaos-plan.ts';
import { crewProcesses, signal, type CrewProcess } from './crew-processes.ts';
import { FullDisk } from './full-disk.ts';
import { archiveJournal } from './journal-archive.ts';
import { leaveLitter } from './litter.ts';
import { tearJournal } from './torn-journal.ts';

type Role = CrewProcess['role'];

export class Faults {
  readonly killed: Record<string, number> = {};
  signals = 0;
  readonly #folder: ChaosFolder;
  readonly #withoutFaces: <T>(action: () => Promise<T>) => Promise<T>;
  readonly #disk: FullDisk;
  readonly #pending = new Set<Promise<void>>();
  #frozen = new Set<number>();
  /** Of the fault that is carried out. */
  #number = 0;

  /** `withoutFaces` does something while no face starts anything. */
  constructor(folder: ChaosFolder, withoutFaces: <T>(action: () => Promise<T>) => Promise<T>) {
    this.#folder = folder;
    this.#withoutFaces = withoutFaces;
    this.#disk = new FullDisk(folder);
  }

  async carryOut(fault: PlannedFault): Promise<void> {
    this.#number++;
    archiveJournal(this.#folder);
    const killed = await this.#act(fault);
    if (killed) this.killed[fault.kind] = (this.killed[fault.kind] ?? 0) + 1;
  }

  /** Everything goes on: nothing stays frozen or full. */
  async end(): Promise<void> {
    await Promise.all(this.#pending);
    this.#disk.free();
    for (const pid of this.#frozen) signal(pid, 'SIGCONT');
    this.#frozen.clear();
  }

  /** Returns whether it was a kill that met somebody. */
  async #act({ kind, choices, hold }: PlannedFault): Promise<boolean> {
    switch (kind) {
      case 'kill-supervisor':
        return this.#kill(kind, this.#all('supervisor'));
      case 'kill-keeper':
        return this.#kill(kind, this.#all('keeper'));
      case 'kill-both':
        return this.#killBoth(kind, choices, []);
      case 'kill-both-and-workers': {
        const workers = this.#all('worker');
        return this.#killBoth(kind, choices, workers.slice(0, 1 + Math.floor(choices[2] * workers.length)));
      }
      case 'kill-worker':
        return this.#kill(kind, one(this.#all('worker'), choices[0]));
      case 'kill-descendant':
        return this.#kill(kind, one(this.#all('descendant'), choices[0]));
      case 'kill-frozen-supervisor':
        return this.#killFrozen(kind, 'supervisor', hold);
      case 'kill-frozen-keeper':
        return this.#killFrozen(kind, 'keeper', hold);
      case 'tear-journal':
        return this.#whileNobodyLives(kind, () => tearJournal(this.#folder, choices));
      case 'leave-litter':
        return this.#whileNobodyLives(kind, () => leaveLitter(this.#folder, choices));
      case 'freeze-supervisor':
        return this.#freeze(this.#all('supervisor'), hold);
      case 'freeze-keeper':
        return this.#freeze(this.#all('keeper'), hold);
      case 'freeze-worker':
        return this.#freeze(one(this.#all('worker'), choices[0]), hold);
      case 'freeze-descendant':
        return this.#freeze(one(this.#all('descendant'), choices[0]), hold);
      case 'fill-disk':
        this.#later(
          () => this.#disk.fill(),
          hold,
          () => this.#disk.free(),
        );
        return false;
    }
  }

  #all(role: Role): CrewProcess[] {
    return crewProcesses(this.#folder.marker).filter((entry) => entry.role === role);
  }

  #kill(kind: string, targets: CrewProcess[]): boolean {
    const pids: number[] = [];
    for (const { pid } of targets) if (signal(pid, 'SIGKILL')) pids.push(pid);
    const roles = targets.map(({ role }) => role);
    const workers = targets.map(({ worker }) => worker).filter((worker) => worker !== '');
    this.#folder.trace('kill', { fault: this.#number, kind, pids, roles, workers });
    this.signals += pids.length;
    return pids.length > 0;
  }

  /** In either order, at once or with a moment between, and perhaps so that the keeper cannot see the supervisor's end. */
  async #killBoth(kind: string, choices: number[], workers: CrewProcess[]): Promise<boolean> {
    const [supervisors, keepers] = [this.#all('supervisor'), this.#all('keeper')];
    const [order = 0, gap = 0] = choices;
    const [first, second] = order < 0.5 ? [supervisors, keepers] : [keepers, supervisors];
    if (gap > 0.7) for (const { pid } of keepers) signal(pid, 'SIGSTOP');
    const killed = this.#kill(kind, first);
    if (gap < 0.5) await delay(gap * 100);
    return this.#kill(kind, [...second, ...workers]) || killed;
  }

  async #killFrozen(kind: string, role: Role, hold: number): Promise<boolean> {
    const targets = this.#all(role);
    for (const { pid } of targets) signal(pid, 'SIGSTOP');
    this.#folder.trace('freeze', { role, pids: targets.map(({ pid }) => pid) });
    await delay(hold);
    return this.#kill(kind, targets);
  }

  #freeze(targets: CrewProcess[], hold: number): boolean {
    for (const { pid, role, worker } of targets) {
      this.#later(
        () => {
          this.#folder.trace('freeze', { role, pids: [pid], workers: [worker], hold });
          signal(pid, 'SIGSTOP');
          this.#frozen.add(pid);
        },
        hold,
        () => {
          signal(pid, 'SIGCONT');
          this.#frozen.delete(pid);
          this.#folder.trace('thaw', { pids: [pid] });
        },
      );
    }
    return false;
  }

  /** Files are only touched while nobody is there who could be writing them. */
  #whileNobodyLives(kind: string, act: () => string): Promise<boolean> {
    return this.#withoutFaces(async () => {
      const isGone = (): boolean => this.#all('supervisor').length + this.#all('keeper').length === 0;
      // The keeper may just be starting a supervisor: it must not see the end of the one that lives.
      for (const { pid } of this.#all('keeper')) signal(pid, 'SIGSTOP');
      await waitFor('supervisor and keeper to be gone', () => {
        if (isGone()) return true;
        this.#kill(kind, [...this.#all('supervisor'), ...this.#all('keeper')]);
        return false;
      });
      this.#folder.trace(kind, { done: unlessFull(act) });
      return true;
    });
  }

  #later(begin: () => void, hold: number, end: () => void): void {
    begin();
    const held: Promise<void> = delay(hold).then(end);
    this.#pending.add(held);
    void held.finally(() => this.#pending.delete(held));
  }
}

/** There may be no byte left to leave anything in. */
function unlessFull(act: () => string): string {
  try {
    return act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return 'the disk is full';
    throw error;
  }
}

function one<T>(candidates: readonly T[], choice: number): T[] {
  return candidates.slice(Math.floor(choice * candidates.length)).slice(0, 1);
}
