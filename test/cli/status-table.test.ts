import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderStatus } from '../../src/cli/status-table.ts';
import { NO_COLORS } from '../../src/cli/terminal.ts';
import {
  NOON,
  scriptedBatch,
  scriptedCrew,
  scriptedJob,
  scriptedPool,
  scriptedWorker,
} from '../extension/scripted-crew.ts';

const crew = scriptedCrew({
  machine: {
    memoryTotal: 64e9,
    memoryAvailable: 21e9,
    cores: 16,
    crewMemory: 2.4e9,
    crewCpu: 196,
    workers: 3,
    healthy: 2,
  },
  pools: [
    scriptedPool({ wanted: 4, perMinute: 12, etaSeconds: 1940 }),
    scriptedPool({
      name: 'tag',
      wanted: 1,
      perMinute: 0,
      etaSeconds: undefined as never,
      counts: { pending: 0, running: 0, done: 1_234_567, failed: 3, cancelled: 0 },
    }),
  ],
  workers: [
    scriptedWorker({ id: 'simulate-1', memory: 1.2e9, cpu: 98.4, job: scriptedJob(210, 0.43) }),
    scriptedWorker({ id: 'simulate-2', paused: true, memory: 62e6, cpu: 0, heartbeatAt: NOON - 90_000 }),
    scriptedWorker({
      id: 'simulate-3',
      state: 'FAILED',
      reason: 'ended with exit code 1:\nModuleNotFoundError: \u001b[31mnumpy',
      jobsFailed: 2,
      memory: undefined as never,
      cpu: undefined as never,
      pid: undefined as never,
    }),
    scriptedWorker({ id: 'tag-1', pool: 'tag', labels: { domain: 'law' }, memory: 0.3e9, cpu: 97 }),
  ],
  batches: [
    scriptedBatch(),
    scriptedBatch({ id: 2, counts: { pending: 0, running: 0, done: 600, failed: 0, cancelled: 0 } }),
  ],
});

describe('nightcrew status', () => {
  it('shows machine, pools, workers and unfinished batches', () => {
    assert.deepEqual(renderStatus(crew, { colors: NO_COLORS, now: NOON }), [
      '/home/ada/epidemic · 2 of 3 workers healthy · 21 GB of 64 GB memory free · 16 cores · supervisor up 5 h',
      '',
      'POOL      WORKERS  PENDING  RUNNING       DONE  FAILED    RATE  LEFT',
      'simulate      2/4      388        3        209       0  12/min  32 min 20 s',
      'tag             1        0        0  1,234,567       3',
      '',
      'WORKER      STATE            LABELS       PID  MEMORY   CPU       HEARTBEAT  DONE  FAILED  JOB',
      'simulate-1  RUNNING                      4711  1.2 GB  98 %         3 s ago    12       0  210 sweep · 43 % · 20 min · alpha=0.1 seed=210 · step 86 of 200',
      'simulate-2  RUNNING, paused              4711   62 MB   0 %  1 min 30 s ago    12       0',
      'simulate-3  FAILED                                                             12       2  ended with exit code 1: ModuleNotFoundError:  [31mnumpy',
      'tag-1       RUNNING          domain=law  4711  300 MB  97 %         3 s ago    12       0',
      '',
      'BATCH  NAME   POOL      TASK  JOBS  PENDING  RUNNING  DONE  FAILED',
      '    1  sweep  simulate  run    600      388        3   209       0',
    ]);
  });

  it('says what is wrong with the crew file, what holds meanwhile and what is odd', () => {
    const problem = {
      line: 3,
      column: 5,
      message: 'It has no "comand".',
      nextStep: 'Did you mean "command"?',
    };
    const lines = renderStatus(
      scriptedCrew({
        crewFile: {
          ...crew.crewFile,
          file: '/home/ada/nightcrew.yaml',
          problems: [problem],
          warnings: [{ ...problem, line: 9 }],
          meanwhile: 'The one before holds.',
        },
      }),
      { colors: NO_COLORS, now: NOON },
    );
    assert.deepEqual(lines.slice(1, 6), [
      '/home/ada/nightcrew.yaml:3:5: It has no "comand".',
      '  next: Did you mean "command"?',
      '  The one before holds.',
      '/home/ada/nightcrew.yaml:9:5: It has no "comand".',
      '  next: Did you mean "command"?',
    ]);
  });

  it('names the workers that the crew file has changed for, with what to do', () => {
    const workersOf = (...ids: string[]) =>
      ids.map((id) =>
        scriptedWorker({
          id,
          pool: id.split('-')[0]!,
          outdated: id.startsWith('tag') ? 'run and env' : 'env',
        }),
      );
    const lines = (...ids: string[]): string[] =>
      renderStatus(scriptedCrew({ pools: [], batches: [], workers: workersOf(...ids) }), {
        colors: NO_COLORS,
        now: NOON,
      }).slice(-4);
    assert.deepEqual(lines('tag-1', 'sim-1', 'sim-2'), [
      'tag-1: run and env changed in the crew file since the start.',
      '  next: nightcrew restart tag-1',
      'sim-1, sim-2: env changed in the crew file since the start.',
      '  next: nightcrew restart sim-1 sim-2',
    ]);
    assert.deepEqual(lines('sim-1', 'sim-2', 'sim-3', 'sim-4').slice(-2), [
      '4 workers of sim: env changed in the crew file since the start.',
      '  next: nightcrew restart --pool sim',
    ]);
  });

  it('is cut to the width of the terminal', () => {
    const lines = renderStatus(crew, { colors: NO_COLORS, now: NOON, width: 60 });
    assert.ok(lines.slice(1).every((line) => line.length <= 60));
  });

  it('says what to do where there is nothing', () => {
    const empty = scriptedCrew({ pools: [], workers: [], batches: [] });
    assert.deepEqual(renderStatus(empty, { colors: NO_COLORS, now: NOON }).slice(1), [
      '',
      'No pools: describe one in nightcrew.yaml.',
      '',
      'No workers: `nightcrew up` starts them.',
    ]);
  });

  it('tells what is wrong now, how it began, and of a crew file with problems, in this order', () => {
    const { server, crewFile } = crew;
    const troubled = scriptedCrew({
      server: {
        ...server,
        recovery: { tornBytes: 17, snapshotProblem: 'integrity check', replayed: 3 },
        start: { cause: 'rebooted', adopted: 0, lost: 3, requeued: 2 },
      },
      troubles: [
        { kind: 'storage', message: 'The disk is full: 0 B free.', nextStep: 'Free some.', since: NOON },
      ],
      crewFile: { ...crewFile, problems: [{ line: 3, column: 5, message: 'Pool "a" has no command.' }] },
    });
    assert.deepEqual(renderStatus(troubled, { colors: NO_COLORS, now: NOON }).slice(1, 6), [
      'The disk is full: 0 B free.',
      '  next: Free some.',
      'The machine was restarted. 2 jobs that were running went back to the queue; 3 workers were started again.',
      'The newest snapshot of the queue was damaged and an older one was used, with the journal since then: integrity check',
      '/home/ada/epidemic/nightcrew.yaml:3:5: Pool "a" has no command.',
    ]);
  });
});
