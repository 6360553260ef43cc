/** The state of a crew and its changes, as the control API tells of them. */
import type { Notice } from '../../control/api.ts';
import type { CrewFileProblem } from '../../core/crew-file.ts';
import type { HealthCheck } from '../../core/health-checks.ts';
import type {
  CrewFileReport,
  CrewState,
  MachineView,
  PoolView,
  Progress,
  RunningJob,
  ServerInfo,
  StartAccount,
  StateDelta,
  Trouble,
  WorkerView,
} from '../../control/crew-state.ts';
import { labelsMember } from './members.ts';
import { batch, jobCounts, recentJob } from './jobs.ts';
import { refusal } from './outcomes.ts';
import { ramp } from './ramp.ts';
import { HEALTH_CHECKS, START_CAUSES, TROUBLES, WORKER_STATES } from './names.ts';
import {
  amount,
  anything,
  component,
  describes,
  flag,
  listOf,
  mapOf,
  oneOf,
  optional,
  text,
  time,
  whole,
} from './schema.ts';

const progress = describes<Progress>({
  fraction: optional(amount('0 to 1.')),
  message: optional(text()),
  at: time(),
});

const runningJob = component(
  'RunningJob',
  describes<RunningJob>({
    id: whole(),
    attempt: whole(),
    task: text(),
    batchName: text(),
    parameters: mapOf(anything()),
    startedAt: time(),
    progress: optional(progress),
  }),
);

const finding = describes<HealthCheck>({
  name: oneOf(HEALTH_CHECKS),
  ok: flag(),
  message: text('In words, with the figure and the limit.'),
  alert: optional(flag('So bad that people are told without asking.')),
});

export const worker = component(
  'Worker',
  describes<WorkerView>({
    id: text('`<pool>-<number>`, stable over restarts.'),
    pool: text(),
    state: oneOf(WORKER_STATES),
    reason: text('Why it is in this state.'),
    stateSince: time(),
    paused: flag('It claims no jobs.'),
    stalled: flag('No heartbeat for too long, while its process lives.'),
    stuck: optional(text('It beats, but its job does not get on: since when, in words.')),
    offline: flag('It runs on another machine and has not been heard for long.'),
    findings: listOf(finding, 'The health checks that it does not pass.'),
    autoRestarts: whole('Restarts that nobody asked for, within the last hour.'),
    restartDue: optional(time()),
    host: optional(text('The machine it says it runs on, when that is another one.')),
    frozen: flag('Its process tree is stopped, because a person asked for it.'),
    frozenSince: optional(time()),
    healthy: flag(),
    labels: labelsMember,
    launch: whole(),
    pid: optional(whole()),
    launchedAt: optional(time()),
    name: optional(text()),
    language: optional(text()),
    tasks: listOf(text()),
    heartbeatAt: optional(time()),
    memory: optional(amount('Bytes of its whole process tree.')),
    cpu: optional(amount('Percent of one core.')),
    job: optional(runningJob),
    jobsDone: whole(),
    jobsFailed: whole(),
    lastError: optional(text()),
    refusal: optional(refusal),
    devices: optional(listOf(text(), 'GPUs it has for itself.')),
    outdated: optional(text('Settings of its pool that have changed since it was started.')),
    logFile: text(),
  }),
);

export const pool = component(
  'Pool',
  describes<PoolView>({
    name: text(),
    command: listOf(text()),
    protocol: oneOf(['worker', 'command']),
    wanted: whole('How many workers the crew file asks for, or its ramp allows for now.'),
    ramp: optional(ramp),
    counts: jobCounts,
    perMinute: amount('Jobs that end a minute.'),
    etaSeconds: optional(amount('Until the queue is empty at that rate.')),
    etaFrom: optional(whole('How many ended jobs that is concluded from: few make a rough guess.')),
    delayed: optional(whole('Pending jobs that wait for another try.')),
  }),
);

const machine = component(
  'Machine',
  describes<MachineView>({
    memoryTotal: amount('Bytes.'),
    memoryAvailable: amount('Bytes.'),
    cores: amount(),
    crewMemory: amount('Bytes of all workers.'),
    crewCpu: amount('Percent of one core, of all workers.'),
    workers: whole(),
    healthy: whole(),
  }),
);

const start = describes<StartAccount>({
  cause: oneOf(START_CAUSES),
  adopted: whole(),
  lost: whole(),
  requeued: whole(),
});

const server = component(
  'Supervisor',
  describes<ServerInfo>({
    serverId: text('New with every start.'),
    version: text(),
    pid: whole(),
    keeperPid: whole(),
    workspace: text(),
    startedAt: time(),
    recovery: { type: 'object', description: 'What was repaired at the start.' },
    start,
  }),
);

const problem = describes<CrewFileProblem>({
  line: whole(),
  column: whole(),
  message: text(),
  nextStep: optional(text()),
});

const crewFile = component(
  'CrewFile',
  describes<CrewFileReport>({
    file: text(),
    exists: flag(),
    pools: listOf({ type: 'object' }),
    batches: listOf({ type: 'object' }),
    problems: listOf(problem),
    warnings: listOf(problem, 'What is probably not meant, and holds all the same.'),
    meanwhile: optional(text('What holds while it has problems.')),
  }),
);

export const trouble = component(
  'Trouble',
  describes<Trouble>({
    kind: oneOf(TROUBLES),
    message: text(),
    nextStep: optional(text()),
    since: time(),
  }),
);

export const crewState = component(
  'CrewState',
  describes<CrewState>({
    server,
    sequence: whole('Of the newest event in it.'),
    machine,
    pools: listOf(pool),
    workers: listOf(worker),
    batches: listOf(batch),
    recent: listOf(recentJob, 'The newest ended jobs, newest first.'),
    crewFile,
    troubles: listOf(trouble, 'What is wrong at this moment.'),
    wanted: flag('The crew is wanted: it is brought back after a crash.'),
  }),
);

export const stateDelta = component(
  'StateDelta',
  describes<StateDelta>(
    {
      sequence: whole(),
      machine: optional(machine),
      pools: optional(listOf(pool)),
      removedPools: optional(listOf(text())),
      workers: optional(listOf(worker)),
      removedWorkers: optional(listOf(text())),
      batches: optional(listOf(batch)),
      removedBatches: optional(listOf(whole('Those whose jobs were archived.'))),
      recent: optional(listOf(recentJob)),
      crewFile: optional(crewFile),
      troubles: optional(listOf(trouble)),
      wanted: optional(flag()),
    },
    { description: 'Whole entities that changed, never parts of one.' },
  ),
);

export const notice = component(
  'Notice',
  describes<Notice>({
    severity: oneOf(['info', 'warning', 'error']),
    message: text(),
    nextStep: optional(text()),
    worker: optional(text()),
  }),
);
