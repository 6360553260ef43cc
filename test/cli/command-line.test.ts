import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ControlError, ControlErrorCode } from '../../src/control/control-error.ts';
import {
  NOON,
  scriptedBatch,
  scriptedCrew,
  scriptedJob,
  scriptedWorker,
} from '../extension/scripted-crew.ts';
import { crewScene } from './crew-scene.ts';
import { FakeHost } from './fake-host.ts';
import { temporaryWorkspace } from './temporary-workspace.ts';

const outcome = { worker: 'simulate-1', ok: true, message: 'draining; job 210 is still running' };

describe('a command that cannot be', () => {
  const mistakes: [line: string, exitCode: number, ...said: RegExp[]][] = [
    ['stauts', 2, /unknown command 'stauts'\n\(Did you mean status\?\)/],
    ['status --jsno', 2, /unknown option '--jsno'\n\(Did you mean --json\?\)/, /next: add --help/],
    ['-C /nowhere status', 2, /The workspace folder \/nowhere does not exist/],
    ['status -C /nowhere', 2, /The workspace folder \/nowhere does not exist/],
    ['up simluate', 2, /There is no pool "simluate" in the crew file/, /Did you mean "simulate"\?/],
    ['up simulate --no-workers', 2, /--no-workers starts the workers of no pool/],
    ['run sweeep', 2, /There is no batch "sweeep" in the crew file/, /Did you mean "sweep"\?/],
    ['enqueue', 2, /No pool is named/],
    ['enqueue simulate', 2, /No jobs are named/],
    ['enqueue simulate --matrix seed=1..3 --csv a.csv', 2, /exclude each other/],
    ['enqueue simulate --again --param a=1', 2, /--again is for batches/],
    ['enqueue simulate --batch sweep', 2, /the pool "simulate" cannot be given with it/],
    ['enqueue --batch sweep --priority 3', 2, /--priority cannot be given with it/],
    ['enqueue --batch sweeep', 2, /There is no batch "sweeep"/],
    ['enqueue simulate --param seed', 2, /"seed" is not of the form name=value/],
    ['enqueue simulate --timeout soon --param a=1', 2, /must be a duration like 30s/],
    ['requeue --failed --state done', 2, /--failed and --state name states in two ways/],
    ['add simulate -n 0', 2, /must be a whole number from 1/],
    ['drain', 2, /No workers are named/, /--pool <name>/],
    ['drain simulate-1 --all', 2, /chosen in more than one way/],
    ['abort simulate-1', 2, /nobody to ask/, /Add --yes/],
    ['down --stop --abort', 2, /cannot be used with option/],
    ['job twelve', 2, /A job is named by its number/],
    ['jobs --state asleep', 2, /"asleep" is no state of a job/, /pending, running, done, failed, cancelled/],
    ['jobs --batch nope', 2, /There is no batch "nope"/, /Known: sweep/],
    ['logs simulate-7', 2, /There is no worker "simulate-7"/, /Did you mean "simulate-1"\?/],
  ];
  for (const [line, exitCode, ...said] of mistakes) {
    it(`nightcrew ${line}`, async (test) => {
      const batches = ({ name }: { name?: string }) =>
        [scriptedBatch()].filter((batch) => !name || batch.name === name);
      const { host, client } = crewScene(test, { batches });
      assert.equal(await host.run(line), exitCode);
      for (const pattern of said) assert.match(host.terminal.errors, pattern);
      const changing = client.requests.filter(([method]) => !['status', 'batches'].includes(method));
      assert.deepEqual(changing, []);
    });
  }

  it('tells every problem of the crew file with its place, and starts nothing', async (test) => {
    const host = new FakeHost(
      temporaryWorkspace(test, {
        'nightcrew.yaml': 'pools:\n  a: { comand: x }\nbatches:\n  b: { pool: a }\n',
      }),
    );
    for (const line of ['run', 'up', 'add a', 'enqueue a --param x=1', 'enqueue --batch b']) {
      host.terminal.errors = '';
      assert.equal(await host.run(line), 2);
      const file = `${host.folder}/nightcrew.yaml`;
      assert.deepEqual(host.terminal.errors.split('\n'), [
        'error: Pool "a" has no setting "comand".',
        `  at: ${file}:2:8`,
        '  next: Did you mean "command"?',
        'error: Batch "b" has no jobs.',
        `  at: ${file}:4:3`,
        '  next: Add one of: matrix: { seed: 1..200 }, csv: file.csv, jsonl: file.jsonl, jobs: [{ seed: 1 }].',
        'error: nightcrew.yaml has 2 problems; nothing was done.',
        '',
      ]);
    }
    assert.equal(host.started, 0);
  });

  it('says where a crew file is expected when there is none', async (test) => {
    const host = new FakeHost(temporaryWorkspace(test));
    assert.equal(await host.run('run'), 2);
    assert.match(
      host.terminal.errors,
      /^error: There is no crew file .*nightcrew\.yaml\.\n {2}next: Go to the folder/,
    );
  });

  it('passes on what the supervisor says, with its place and next step', async (test) => {
    const data = { place: 'a.csv:3', nextStep: 'Quote it.' };
    const codes = [
      [ControlErrorCode.badInput, 2],
      [ControlErrorCode.notFound, 2],
      [ControlErrorCode.crewFile, 2],
      [ControlErrorCode.ending, 3],
      [ControlErrorCode.storage, 1],
      [ControlErrorCode.internal, 1],
    ] as const;
    for (const [code, exitCode] of codes) {
      const { host } = crewScene(test, {
        enqueue: () => {
          throw new ControlError(code, 'The row\u001b[2J has 1 value.', data);
        },
      });
      assert.equal(await host.run('enqueue simulate --csv a.csv'), exitCode);
      assert.equal(
        host.terminal.errors,
        'error: The row [2J has 1 value.\n  at: a.csv:3\n  next: Quote it.\n',
      );
    }
  });

  it('shows where the fault is when it is ours', async (test) => {
    const { host } = crewScene(test, {
      batches: () => {
        throw new TypeError('x is not a function');
      },
    });
    assert.equal(await host.run('batches'), 1);
    assert.match(
      host.terminal.errors,
      /^error: This is a fault of nightcrew: x is not a function\n.*\nTypeError.*\n +at /,
    );
  });
});

describe('without a supervisor', () => {
  const looking = [
    'status',
    'jobs',
    'job 3',
    'batches',
    'results sweep',
    'health',
    'drain --all',
    'abort --all --yes',
    'cancel 3',
    'logs simulate-1',
  ];
  for (const line of looking) {
    it(`nightcrew ${line} says so and starts none`, async (test) => {
      const { host } = crewScene(test);
      host.alive = undefined;
      assert.equal(await host.run(line), 3);
      assert.match(
        host.terminal.errors,
        /^error: No supervisor is running for .*\.\n {2}next: `nightcrew up` starts the crew/,
      );
      assert.equal(host.terminal.output, '');
    });
  }

  it('nightcrew down has nothing to end', async (test) => {
    const { host } = crewScene(test);
    host.alive = undefined;
    assert.equal(await host.run('down'), 0);
    assert.match(host.terminal.output, /there is nothing to end/);
  });

  it('nightcrew add and enqueue start one only for a pool that exists', async (test) => {
    for (const line of ['add nope', 'enqueue nope --param a=1']) {
      const { host } = crewScene(test);
      host.alive = undefined;
      assert.equal(await host.run(line), 2);
      assert.match(host.terminal.errors, /There is no pool "nope" in the crew file/);
    }
  });

  it('a supervisor that cannot be started is told with exit code 3', async (test) => {
    const { host } = crewScene(test);
    host.connectOrStart = async () => {
      throw new ControlError(ControlErrorCode.storage, 'Cannot write into /ws.', {
        nextStep: 'Make it writable.',
      });
    };
    assert.equal(await host.run('up'), 3);
    assert.equal(host.terminal.errors, 'error: Cannot write into /ws.\n  next: Make it writable.\n');
  });
});

describe('what a command shows', () => {
  it('enqueue says what was enqueued, and when nobody will do it', async (test) => {
    const { host, client } = crewScene(test, {
      enqueue: ({ pool }) => ({ batch: 8, name: 'night', pool, count: 400, firstJob: 601 }),
    });
    client.state = scriptedCrew({ workers: [] });
    assert.equal(await host.run('enqueue tag --matrix seed=1..400'), 0);
    assert.deepEqual(host.terminal.output.split('\n'), [
      'Enqueued 400 jobs into tag as batch 8 "night" (jobs 601 to 1000).',
      'No worker of tag is running: `nightcrew up tag` starts them.',
      '',
    ]);
  });

  it('health names every check, and ends with 1 for one that fails', async (test) => {
    const checks = [
      { name: 'process' as const, ok: true, message: 'process 4711 lives' },
      { name: 'memory' as const, ok: false, message: 'uses 9.1 GB of 8 GB' },
    ];
    const { host } = crewScene(test, {
      health: () => ({
        at: NOON,
        healthy: 0,
        total: 1,
        workers: [{ worker: 'simulate-1', healthy: false, checks }],
      }),
    });
    assert.equal(await host.run('health'), 1);
    assert.deepEqual(host.terminal.output.split('\n'), [
      'WORKER            CHECK    FINDING',
      'simulate-1  ok    process  process 4711 lives',
      '            FAIL  memory   uses 9.1 GB of 8 GB',
      '',
      '0 of 1 worker healthy.',
      '',
    ]);
  });

  it('a partial failure is told on stderr and ends with 1', async (test) => {
    const failed = { worker: 'simulate-2', ok: false, message: 'is DEAD already (drained)' };
    const { host } = crewScene(test, { drain: () => ({ outcomes: [outcome, failed] }) });
    assert.equal(await host.run('drain --all'), 1);
    assert.equal(host.terminal.output, 'simulate-1: draining; job 210 is still running\n');
    assert.equal(host.terminal.errors, 'error: simulate-2: is DEAD already (drained)\n');
  });

  it('abort asks with what is lost, and takes only yes for yes', async (test) => {
    for (const [answer, aborted] of [
      [{ text: 'y' }, true],
      [{ text: '' }, false],
      ['interrupted', false],
    ] as const) {
      const { host, client } = crewScene(test, { abort: () => ({ outcomes: [outcome] }) });
      client.state = scriptedCrew({
        workers: [
          scriptedWorker({ job: scriptedJob(210) }),
          scriptedWorker({ id: 'simulate-2', state: 'DEAD' }),
        ],
      });
      Object.assign(host.terminal, { canAsk: true, answers: [answer] });
      assert.equal(await host.run('abort --all'), 0);
      assert.deepEqual(host.terminal.questions, ['Abort 1 worker? [y/N] ']);
      assert.match(host.terminal.output, /^simulate-1 loses 20 min of work on job 210\.\n/);
      assert.equal(client.asked('abort').length, aborted ? 1 : 0);
    }
  });

  it('status --json is the state as it is', async (test) => {
    const { host, client } = crewScene(test);
    assert.equal(await host.run('status --json'), 0);
    assert.deepEqual(JSON.parse(host.terminal.output), JSON.parse(JSON.stringify(client.state)));
  });

  it('status --watch --json is a line for each change', async (test) => {
    const { host, client } = crewScene(test);
    const watch = host.run('status --watch --json');
    await new Promise(setImmediate);
    client.change({ batches: [scriptedBatch({ name: 'other' })] });
    client.change({ wanted: false });
    host.alive = undefined;
    client.vanish();
    assert.equal(await watch, 3);
    const lines = host.terminal.output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { sequence: number });
    assert.deepEqual(
      lines.map(({ sequence }) => sequence),
      [100, 101, 102],
    );
  });

  it('help teaches: groups, examples and exit codes', async (test) => {
    const { host } = crewScene(test);
    assert.equal(await host.run('--help'), 0);
    for (const heading of ['The whole crew:', 'Jobs:', 'Workers:', 'Exit codes:']) {
      assert.ok(host.terminal.output.includes(`\n${heading}\n`), heading);
    }
    const commands = [...host.terminal.output.matchAll(/^ {2}([a-z]+) (?:\[options\]|<)/gm)].map(
      ([, name]) => name!,
    );
    assert.ok(commands.length >= 18);
    for (const command of commands) {
      host.terminal.output = '';
      assert.equal(await host.run(`${command} --help`), 0);
      assert.match(host.terminal.output, /\nExamples:\n {2}\S/, command);
    }
  });

  it('--version is the version of the package', async (test) => {
    const { host } = crewScene(test);
    assert.equal(await host.run('--version'), 0);
    assert.equal(host.terminal.output, '1.2.3\n');
  });
});
