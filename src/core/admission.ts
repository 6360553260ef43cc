/**
 * Admission: whether the machine has room for one more worker. Decided from facts alone, with the reasons in
 * words and the figures in them. Memory counts as taken from the moment that a worker is admitted, used by it or not yet.
 */
import { formatByteSize } from './byte-size.ts';
import type { WorkerNeed } from './memory-need.ts';
import { quantity } from './quantity.ts';

/** Of a pool of simulations: so many run beside an editor without being noticed. */
export const DEFAULT_MAX_WORKERS = 4;
/** Bytes that are left to Windows, which ends programs rather than give back its caches in time. */
export const WINDOWS_SPARE = 1e9;

export interface MachineFacts {
  platform: string;
  /** Bytes, as the control group allows where there is one. */
  memory: { total: number; available: number };
  /** The system itself says that memory is short; only macOS does. */
  underPressure: boolean;
  /** Physical cores that may be used, not hyperthreads. */
  cores: number;
  /** GPUs that may be used, in the order in which they are given out. */
  devices: readonly string[];
}

export interface AdmissionFacts {
  machine: MachineFacts;
  /** WORKER_MAX_COUNT, when it is set: workers of all pools together. */
  maxWorkers?: number;
  /** The workers that live, those that are just starting included. */
  crew: readonly CrewMember[];
}

export interface CrewMember {
  pool: string;
  need: WorkerNeed;
  /** Bytes that its whole tree uses now; undefined: not measured yet. */
  memory: number | undefined;
  devices: readonly string[];
}

export interface Candidate {
  pool: string;
  /** How many workers the crew file asks for in its pool: a number that was written down is no slip. */
  wanted: number;
  need: WorkerNeed;
  /** What it had in its last launch: it gets the same again if it can. */
  devices: readonly string[];
}

type Kind = 'memory' | 'cores' | 'count' | 'devices';

/** Why there is no room, for a person. */
export interface AdmissionRefusal {
  /** With the figures: `needs about 6.2 GB (its pool's memory), 4.1 GB free`. */
  reasons: string[];
  /** What may happen when it is started all the same. */
  risks: string[];
  nextStep: string;
  /** It needs more than the machine has: no worker or program that ends makes room for it. */
  never?: true;
}

export interface AdmissionDecision {
  /** Undefined: admitted. */
  refusal: AdmissionRefusal | undefined;
  /** The GPUs it has when it is started; shared with others only if it was refused for the lack of them. */
  devices: string[];
}

export function admitWorker(candidate: Candidate, facts: AdmissionFacts): AdmissionDecision {
  const { need } = candidate;
  const { devices, isShort } = chooseDevices(candidate, facts);
  const reasons: [Kind, string | undefined][] = [
    ['memory', memoryReason(need, facts)],
    ['cores', coresReason(need, facts)],
    ['count', countReason(candidate, facts)],
    ['devices', isShort ? devicesReason(need, facts) : undefined],
  ];
  const refused = reasons.flatMap(([kind, reason]) => (reason === undefined ? [] : [{ kind, reason }]));
  if (refused.length === 0) return { refusal: undefined, devices };
  const kinds = refused.map(({ kind }) => kind);
  return {
    refusal: {
      reasons: refused.map(({ reason }) => reason),
      risks: [...new Set(kinds.map((kind) => RISKS[kind]))],
      nextStep: nextStep(kinds, candidate.pool),
      ...(neverFits(need, facts.machine).length > 0 ? { never: true } : {}),
    },
    devices,
  };
}

/** Bytes that a worker may still be promised. */
export function freeMemory({ machine, crew }: Pick<AdmissionFacts, 'machine' | 'crew'>): number {
  const free = Math.max(0, machine.memory.available - spareOf(machine.platform) - promised(crew));
  return machine.underPressure ? free / 2 : free;
}

/** Why a worker never fits this machine, however idle that is, as clauses behind its name; empty: it does when there is room. */
export function neverFits(need: WorkerNeed, { platform, memory, cores, devices }: MachineFacts): string[] {
  const total = memory.total - spareOf(platform);
  return [
    ...(need.memory > total
      ? [`needs about ${formatByteSize(need.memory)}, and the machine has ${formatByteSize(total)} in all`]
      : []),
    ...(need.cpus > cores
      ? [`keeps ${quantity(rounded(need.cpus), 'core')} busy, and the machine has ${rounded(cores)}`]
      : []),
    ...(need.gpus > devices.length
      ? [`needs ${quantity(need.gpus, 'GPU')}, and the machine shows ${devices.length}`]
      : []),
  ];
}

function spareOf(platform: string): number {
  return platform === 'win32' ? WINDOWS_SPARE : 0;
}

/** What workers were admitted for and do not use yet. */
function promised(crew: readonly CrewMember[]): number {
  return crew.reduce((sum, { need, memory = 0 }) => sum + Math.max(0, need.memory - memory), 0);
}

function memoryReason(need: WorkerNeed, facts: AdmissionFacts): string | undefined {
  const { machine, crew } = facts;
  const free = freeMemory(facts);
  if (need.memory <= free) return undefined;
  const why = {
    stated: 'its pool’s memory',
    measured: `the most measured so far, in task ${need.task}`,
    assumed: 'an assumption: its pool states no memory, and nothing was measured yet',
  }[need.memoryFrom];
  const held = [
    ...(promised(crew) > 0 ? [`${formatByteSize(promised(crew))} promised to workers that live`] : []),
    ...(machine.platform === 'win32' ? [`${formatByteSize(WINDOWS_SPARE)} left to Windows`] : []),
    ...(machine.underPressure ? ['halved, because macOS is short of memory'] : []),
  ];
  const of = held.length > 0 ? ` (${formatByteSize(machine.memory.available)}, ${held.join(', ')})` : '';
  return `needs about ${formatByteSize(need.memory)} (${why}), ${formatByteSize(free)} free${of}`;
}

function coresReason({ cpus }: WorkerNeed, { machine: { cores }, crew }: AdmissionFacts): string | undefined {
  const busy = crew.reduce((sum, { need }) => sum + need.cpus, 0);
  // Fractions such as 0.1 do not add up exactly.
  if (cpus === 0 || busy + cpus <= cores + 1e-9) return undefined;
  const free = Math.max(0, cores - busy);
  return `keeps ${quantity(rounded(cpus), 'core')} busy, ${rounded(free)} of ${quantity(cores, 'physical core')} free`;
}

/**
 * Set, the limit is that of the whole crew. Unset, it is that of all workers that compute (those that keep cores busy), unless the
 * crew file asks for more of them: thirty workers that wait for annotators are no load.
 */
function countReason(
  { need, wanted, pool }: Candidate,
  { maxWorkers, crew }: AdmissionFacts,
): string | undefined {
  if (maxWorkers !== undefined) {
    if (crew.length < maxWorkers) return undefined;
    return `would be one too many: ${quantity(crew.length, 'worker')} live already, and WORKER_MAX_COUNT allows ${maxWorkers}`;
  }
  if (need.cpus === 0) return undefined;
  const computing = crew.filter((member) => member.need.cpus > 0);
  if (computing.length < DEFAULT_MAX_WORKERS) return undefined;
  if (computing.filter((member) => member.pool === pool).length < wanted) return undefined;
  return `would be one too many: ${quantity(computing.length, 'computing worker')} live already; unless the crew file asks for more, ${DEFAULT_MAX_WORKERS} are the most`;
}

function devicesReason({ gpus }: WorkerNeed, { machine: { devices }, crew }: AdmissionFacts): string {
  if (devices.length === 0) return `needs ${quantity(gpus, 'GPU')}, and nvidia-smi names none here`;
  const held = new Set(crew.flatMap((member) => member.devices));
  const free = devices.filter((device) => !held.has(device)).length;
  return `needs ${quantity(gpus, 'GPU')}, ${free} of ${devices.length} free`;
}

/** Its own of last time first, then the first free ones, then those that the fewest have. */
function chooseDevices(
  { need, devices: before }: Candidate,
  { machine, crew }: AdmissionFacts,
): { devices: string[]; isShort: boolean } {
  const holders = new Map(machine.devices.map((device) => [device, 0]));
  for (const device of crew.flatMap((member) => member.devices)) {
    if (holders.has(device)) holders.set(device, holders.get(device)! + 1);
  }
  const rank = (device: string): number =>
    holders.get(device)! * 2 + (before.includes(device) && holders.get(device) === 0 ? -1 : 0);
  // Sorting is stable: equals stay in the machine's order.
  const chosen = [...machine.devices].sort((left, right) => rank(left) - rank(right)).slice(0, need.gpus);
  const isShort = chosen.length < need.gpus || chosen.some((device) => holders.get(device)! > 0);
  return { devices: chosen.sort((left, right) => position(left) - position(right)), isShort };

  function position(device: string): number {
    return machine.devices.indexOf(device);
  }
}

const SLOWER = 'Slowdown: workers share what there is, and all of them take longer.';
const RISKS: Record<Kind, string> = {
  memory:
    'Crash: when memory runs out the system ends workers or other programs. Slowdown: the machine may swap before. ' +
    'Data loss: what a job did since its last checkpoint, and what other programs have not saved, is gone then.',
  cores: SLOWER,
  count: SLOWER,
  devices: 'Crash: workers that share a GPU, or have none, may run out of its memory or refuse to start.',
};

function nextStep(kinds: readonly Kind[], pool: string): string {
  const steps: Record<Kind, string> = {
    memory: `end another worker or program, or set \`memory\` of pool ${pool} to what it needs`,
    cores: `end another worker, or set \`cpus\` of pool ${pool} to what it keeps busy`,
    count: 'end another worker, or set WORKER_MAX_COUNT higher',
    devices: `end a worker that has a GPU, or leave \`gpus\` out of pool ${pool}`,
  };
  const [first = '', ...others] = kinds.map((kind) => steps[kind]);
  const all = [`${first.charAt(0).toUpperCase()}${first.slice(1)}`, ...others].join('; ');
  return `${all}.`;
}

function rounded(cores: number): number {
  return Math.round(cores * 100) / 100;
}
