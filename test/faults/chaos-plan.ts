/**
 * What happens, when, and to whom: all of it drawn from the seed before anything happens. How real processes meet it
 * varies from run to run; the sequence of choices and offsets does not.
 */
import { Random } from './random.ts';

export type FaultKind = keyof typeof FAULT_WEIGHTS;

const FAULT_WEIGHTS = {
  'kill-supervisor': 30,
  'kill-keeper': 12,
  'kill-both': 10,
  'kill-both-and-workers': 6,
  'kill-worker': 16,
  'kill-descendant': 8,
  'kill-frozen-supervisor': 3,
  'kill-frozen-keeper': 2,
  'tear-journal': 5,
  'leave-litter': 5,
  'freeze-supervisor': 4,
  'freeze-keeper': 4,
  'freeze-worker': 5,
  'freeze-descendant': 2,
  'fill-disk': 7,
};

export interface PlannedFault {
  kind: FaultKind;
  /** Whether a job has to be begun first after the fault before, or it comes in the middle of a recovery. */
  when: 'working' | 'at once';
  /** Milliseconds after that. */
  after: number;
  /** From 0 to 1: which of those that are there then. */
  choices: [number, number, number];
  /** Milliseconds that something stays frozen or full. */
  hold: number;
}

/** The faults of one round, in order, with as many kills as asked. */
export function planFaults(seed: number, round: number, kills: number): PlannedFault[] {
  const random = new Random(seed, `faults of round ${round}`);
  const faults: PlannedFault[] = [];
  let left = kills;
  while (left > 0) {
    const kind = random.weighted(FAULT_WEIGHTS);
    faults.push({
      kind,
      ...(random.chance(0.35)
        ? { when: 'at once', after: random.whole(0, 600) }
        : { when: 'working', after: random.whole(0, 500) }),
      choices: [random.fraction(), random.fraction(), random.fraction()],
      hold: random.whole(100, 1_500),
    });
    if (isKill(kind)) left--;
  }
  return faults;
}

export function isKill(kind: FaultKind): boolean {
  return kind.startsWith('kill') || kind === 'tear-journal' || kind === 'leave-litter';
}

export type Pool = keyof typeof JOB_KINDS;

/** What jobs there are in each pool, and how often. */
export const JOB_KINDS = {
  py: {
    quick: 30,
    work: 30,
    long: 6,
    checkpoint: 8,
    children: 4,
    garbage: 4,
    flood: 2,
    big: 3,
    'crash-once': 4,
    'crash-always': 2,
    fail: 3,
    'hang-once': 2,
    'stubborn-once': 1,
    'freeze-once': 1,
  },
  node: {
    quick: 30,
    work: 30,
    long: 6,
    checkpoint: 8,
    children: 4,
    garbage: 4,
    flood: 2,
    big: 3,
    'crash-once': 3,
    'crash-always': 1,
    fail: 3,
    'hang-once': 2,
    'stubborn-once': 1,
  },
  sh: { quick: 30, work: 30, long: 6, children: 4, garbage: 4, 'crash-once': 3, fail: 3, 'stubborn-once': 1 },
} satisfies Record<string, Record<string, number>>;

export interface PlannedEnqueue {
  do: 'enqueue';
  pool: Pool;
  kind: string;
  /** Seconds that a job computes. */
  seconds: number;
  /** More than 1: as a matrix. */
  count: number;
}

export type PlannedAction =
  | PlannedEnqueue
  | {
      do: Exclude<keyof typeof ACTION_WEIGHTS, 'enqueue' | 'down'>;
      choice: number;
    }
  | { do: 'down'; mode: 'drain' | 'stop' | 'abort' };

/** One face's visit: it comes, does something, and goes, perhaps in the middle of its last request. */
export interface PlannedVisit {
  after: number;
  actions: PlannedAction[];
  /** Milliseconds after its last request at which it vanishes without waiting for the answer. */
  vanishes?: number;
}

const ACTION_WEIGHTS = {
  enqueue: 60,
  up: 10,
  status: 3,
  pause: 2,
  resume: 3,
  drain: 2,
  abort: 2,
  restart: 3,
  stop: 3,
  freeze: 4,
  continue: 6,
  cancel: 4,
  'cancel batch': 3,
  requeue: 8,
  reprioritise: 5,
  export: 1,
  down: 1,
};

const SECONDS: Record<string, [number, number]> = {
  quick: [0.001, 0.001],
  long: [0.3, 3],
  checkpoint: [0.1, 1],
};

/** The endless visits of one kind of face. */
export function* planVisits(seed: number, lane: string, pause: [number, number]): Generator<PlannedVisit> {
  const random = new Random(seed, `visits of ${lane}`);
  for (;;) {
    const actions = Array.from({ length: random.whole(1, 6) }, () => planAction(random));
    if (random.chance(0.5)) actions.unshift({ do: 'up', choice: 0 });
    yield {
      after: random.whole(...pause),
      actions,
      ...(random.chance(0.15) ? { vanishes: random.whole(0, 40) } : {}),
    };
  }
}

function planAction(random: Random): PlannedAction {
  const what = random.weighted(ACTION_WEIGHTS);
  if (what === 'enqueue') return planEnqueue(random);
  if (what === 'down') return { do: what, mode: random.weighted({ drain: 1, stop: 1, abort: 1 }) };
  return { do: what, choice: random.fraction() };
}

export function planEnqueue(random: Random): PlannedEnqueue {
  const pool = random.weighted({ py: 5, node: 3, sh: 2 });
  const kind = random.weighted<string>(JOB_KINDS[pool]);
  const [least, most] = SECONDS[kind] ?? [0.002, 0.08];
  const seconds = Math.round((least + random.fraction() * (most - least)) * 1000) / 1000;
  const many = (kind === 'quick' || kind === 'work') && random.chance(0.25);
  return { do: 'enqueue', pool, kind, seconds, count: many ? random.whole(2, pool === 'sh' ? 8 : 40) : 1 };
}

/** Attempts that jobs of a kind may use up; without an entry, far more than chaos will cost one. */
export const ATTEMPTS: Record<string, number> = { fail: 2, 'crash-always': 2 };
/** Seconds; without an entry, none that matters. */
export const TIMEOUTS: Record<string, number> = { 'hang-once': 1, 'stubborn-once': 1, 'freeze-once': 1 };
