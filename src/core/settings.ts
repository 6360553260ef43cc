/**
 * The settings that an environment or an editor may give for workers that a crew file says nothing of: one table, from which
 * the faces collect, the supervisor reads and the documentation is checked.
 *
 * The order in which they hold, the first that is given: the command line, the crew file, the editor's settings, the
 * environment, the default.
 */
import { parseDuration } from './duration.ts';
import { HEARTBEAT_EXPECTED, parseHeartbeat } from './heartbeat-interval.ts';
import {
  DEFAULT_HEARTBEAT_SECONDS,
  DEFAULT_STARTUP_SECONDS,
  DEFAULT_TIMEOUT_SECONDS,
  type PoolDefaults,
} from './pool.ts';

export type SettingName =
  | 'maxWorkers'
  | 'taskTimeout'
  | 'startupTimeout'
  | 'heartbeatInterval'
  | 'logFolder'
  | 'queueName'
  | 'cleanupAge';

type SettingKind = 'count' | 'duration' | 'heartbeat' | 'folder' | 'pool';

export interface SettingDescription {
  name: SettingName;
  /** Of the environment. */
  variable: string;
  /** Of VS Code. */
  configuration: string;
  /** What a pool of the crew file calls it, if it has it. */
  inPool?: keyof PoolDefaults;
  kind: SettingKind;
  /** Seconds for a duration; absent: no limit, no folder of its own, no pool. */
  default?: number;
  /** What holds when nothing is given, in words. */
  otherwise: string;
  description: string;
}

/** Seconds: long enough to look at what has just failed. */
export const DEFAULT_CLEANUP_AGE_SECONDS = 300;

export const SETTINGS: readonly SettingDescription[] = [
  {
    name: 'maxWorkers',
    variable: 'WORKER_MAX_COUNT',
    configuration: 'nightcrew.maxWorkers',
    kind: 'count',
    otherwise: 'no limit but the room on the machine',
    description: 'Workers of all pools together that may live at once.',
  },
  {
    name: 'taskTimeout',
    variable: 'WORKER_TASK_TIMEOUT',
    configuration: 'nightcrew.taskTimeout',
    inPool: 'timeout',
    kind: 'duration',
    default: DEFAULT_TIMEOUT_SECONDS,
    otherwise: '48h',
    description: 'How long one attempt of a job may take. A job keeps what held when it was enqueued.',
  },
  {
    name: 'startupTimeout',
    variable: 'WORKER_STARTUP_TIMEOUT',
    configuration: 'nightcrew.startupTimeout',
    inPool: 'startup',
    kind: 'duration',
    default: DEFAULT_STARTUP_SECONDS,
    otherwise: '30s',
    description: 'How long a worker may take from its start until it registers.',
  },
  {
    name: 'heartbeatInterval',
    variable: 'WORKER_HEARTBEAT_INTERVAL',
    configuration: 'nightcrew.heartbeatInterval',
    inPool: 'heartbeat',
    kind: 'heartbeat',
    default: DEFAULT_HEARTBEAT_SECONDS,
    otherwise: '30s',
    description: 'How often a worker says that it lives.',
  },
  {
    name: 'logFolder',
    variable: 'WORKER_LOG_DIR',
    configuration: 'nightcrew.logFolder',
    kind: 'folder',
    otherwise: '.nightcrew/logs',
    description: 'Where the workers\u2019 logs are written; a relative path starts from the workspace.',
  },
  {
    name: 'queueName',
    variable: 'WORKER_QUEUE_NAME',
    configuration: 'nightcrew.defaultPool',
    kind: 'pool',
    otherwise: 'none: one must be named',
    description: 'The pool that is meant where workers are added, or jobs enqueued, and none is named.',
  },
  {
    name: 'cleanupAge',
    variable: 'WORKER_CLEANUP_AGE',
    configuration: 'nightcrew.cleanupAge',
    kind: 'duration',
    default: DEFAULT_CLEANUP_AGE_SECONDS,
    otherwise: '5m',
    description: 'How long a dead or failed worker stays in the list.',
  },
];

/** What a face was given for a setting, as it stands there. */
export interface GivenSetting {
  name: SettingName;
  text: string;
  /** Where it stands: the name of the variable, or of the editor's setting. */
  from: string;
}

/** What the settings of an environment and an editor say together; with neither, the defaults. */
export interface Settings {
  maxWorkers?: number;
  /** Seconds. */
  taskTimeout: number;
  startupTimeout: number;
  heartbeatInterval: number;
  cleanupAge: number;
  logFolder?: string;
  queueName?: string;
}

export interface SettingProblem {
  /** The variable or the editor's setting. */
  from: string;
  message: string;
  nextStep: string;
}

/** A pool in the editor's settings is a text as in the environment, so that one reader reads both. */
export function collectSettings(
  configuration: (key: string) => unknown,
  environment: Record<string, string | undefined>,
): GivenSetting[] {
  return SETTINGS.flatMap(({ name, variable, configuration: key }) => {
    const configured = asText(configuration(key));
    if (configured !== '') return [{ name, text: configured, from: key }];
    const text = environment[variable]?.trim() ?? '';
    return text === '' ? [] : [{ name, text, from: variable }];
  });
}

/** The first of several that give the same setting holds. What cannot be read is a problem, and its default holds. */
export function readSettings(given: readonly GivenSetting[]): {
  settings: Settings;
  problems: SettingProblem[];
} {
  const problems: SettingProblem[] = [];
  const settings: Partial<Record<SettingName, number | string>> = {};
  for (const description of SETTINGS) {
    const { name } = description;
    if (description.default !== undefined) settings[name] = description.default;
    const found = given.find((candidate) => candidate.name === name);
    if (!found) continue;
    const value = READERS[description.kind].read(found.text);
    if (value !== undefined) settings[name] = value;
    else problems.push(problemOf(found, description));
  }
  return { settings: settings as unknown as Settings, problems };
}

export function poolDefaults(settings: Settings): PoolDefaults {
  return {
    timeout: settings.taskTimeout,
    startup: settings.startupTimeout,
    heartbeat: settings.heartbeatInterval,
  };
}

interface SettingReader {
  read(text: string): number | string | undefined;
  expected: string;
}

const LARGEST_COUNT = 100_000;

const READERS: Record<SettingKind, SettingReader> = {
  count: {
    read: (text) => {
      const count = Number(text);
      return /^\d+$/.test(text) && count >= 1 && count <= LARGEST_COUNT ? count : undefined;
    },
    expected: 'a whole number from 1, like 4',
  },
  duration: {
    read: (text) => {
      const seconds = parseDuration(text);
      return seconds !== undefined && seconds > 0 ? seconds : undefined;
    },
    expected: 'a number of seconds, or a duration like 30s, 5m, 48h or 2d, at most 3650d',
  },
  heartbeat: { read: parseHeartbeat, expected: HEARTBEAT_EXPECTED },
  folder: {
    read: (text) => (text.includes('\0') ? undefined : text),
    expected: 'the path of a folder',
  },
  pool: {
    read: (text) => (text.includes('\n') || text.length > 64 ? undefined : text),
    expected: 'the name of a pool',
  },
};

function problemOf({ from, text }: GivenSetting, { kind, otherwise }: SettingDescription): SettingProblem {
  const shown = text.length <= 60 ? text : `${text.slice(0, 59)}\u2026`;
  return {
    from,
    message: `${from} must be ${READERS[kind].expected}, not "${shown}".`,
    nextStep: `Correct it, or remove it: without it, ${otherwise} holds.`,
  };
}

function asText(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.trim() : '';
}
