import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderForecast } from '../../src/cli/commands/forecast.ts';
import type { JobsChanged } from '../../src/control/selection.ts';
import { NOON } from '../extension/scripted-crew.ts';
import { crewScene } from './crew-scene.ts';

function changed(by: JobsChanged['changed'], more: Partial<JobsChanged> = {}): JobsChanged {
  const matched = Object.values(by).reduce((sum, count) => sum + count, 0);
  return { matched, changed: by, refused: 0, problems: [], outcomes: [], ...more };
}

describe('a change of many jobs', () => {
  /** The line, what it would be done to, the question, and what is lost. */
  const asking: [line: string, JobsChanged['changed'], question: string | undefined, loss?: string][] = [
    [
      'cancel --pool tag',
      { pending: 3, running: 1 },
      'Cancel 4 jobs?',
      'What 1 running job computed is lost.',
    ],
    ['cancel --pool tag', { pending: 3 }, undefined],
    ['cancel --pool tag', { pending: 101 }, 'Cancel 101 jobs?'],
    ['cancel --pool tag --yes', { pending: 101, running: 3 }, undefined],
    ['cancel 3 4', { running: 2 }, undefined],
    ['requeue --failed', { failed: 100 }, undefined],
    ['requeue 3', { done: 1 }, 'Requeue 1 job?', '1 job is done: the result is given up.'],
    ['reprioritise --all -p 5', { pending: 2_000 }, 'Give priority 5 to 2,000 jobs?'],
    ['reprioritise --all -p 5', { pending: 20, running: 4 }, undefined],
  ];
  for (const [line, by, question, loss] of asking) {
    const name = `nightcrew ${line}, of ${JSON.stringify(by)}`;
    const method = line.split(' ')[0] as 'cancel';
    it(`${name}, ${question ? 'asks' : 'does not ask'}`, async (test) => {
      for (const answer of question ? ['y', 'n'] : ['n']) {
        const { host, client } = crewScene(test, { [method]: () => changed(by) });
        Object.assign(host.terminal, { canAsk: true, answers: [{ text: answer }] });
        assert.equal(await host.run(line), 0);
        assert.deepEqual(host.terminal.questions, question ? [`${question} [y/N] `] : []);
        if (loss) assert.ok(host.terminal.output.includes(loss), host.terminal.output);
        const done = client.asked(method).filter((asked) => !(asked as { dryRun?: true }).dryRun);
        assert.equal(done.length, question && answer === 'n' ? 0 : 1);
      }
    });
  }

  it('does nothing where nobody can be asked', async (test) => {
    const { host, client } = crewScene(test, { cancel: () => changed({ running: 1 }) });
    assert.equal(await host.run('cancel --all'), 2);
    assert.match(host.terminal.errors, /needs a confirmation[^]*--yes/);
    assert.equal(client.asked('cancel').length, 1);
  });

  it('tells what was refused, and ends with 1', async (test) => {
    const problems = [{ job: 4, message: 'is running: cancel it first' }];
    const { host } = crewScene(test, { requeue: () => changed({ failed: 2 }, { refused: 12, problems }) });
    assert.equal(await host.run('requeue --state failed,running --yes'), 1);
    assert.equal(host.terminal.output, 'Requeued 2 jobs (2 failed).\n');
    assert.equal(host.terminal.errors, 'error: job 4: is running: cancel it first\nerror: 11 jobs more\n');
  });

  it('reports what would be done, and what not, without failing', async (test) => {
    const problems = [{ job: 4, message: 'is done already' }];
    const answer = changed({ pending: 2 }, { matched: 3, refused: 1, problems });
    for (const [line, says] of [
      [
        'cancel 2 3 4 --dry-run',
        'Would be cancelled: 2 jobs (2 pending).\nNot possible: job 4: is done already\n',
      ],
      ['cancel 2 3 4 --dry-run --json', `${JSON.stringify(answer)}\n`],
    ] as const) {
      const { host, client } = crewScene(test, { cancel: () => answer });
      assert.equal(await host.run(line), 0);
      assert.deepEqual([host.terminal.output, host.terminal.errors], [says, '']);
      assert.deepEqual(client.asked('cancel'), [{ jobs: [2, 3, 4], dryRun: true }]);
    }
  });

  it('says which jobs a command is about are missing or given twice', async (test) => {
    for (const line of ['cancel', 'cancel 3 --all', 'requeue 3 --pool tag', 'cancel --state lost']) {
      const { host, client } = crewScene(test);
      assert.equal(await host.run(line), 2, line);
      assert.match(host.terminal.errors, /next: /, line);
      assert.deepEqual(client.requests, []);
    }
  });
});

describe('nightcrew restart', () => {
  it('tells those that there is no room for with the figures, the risk and how to start them anyway', async (test) => {
    const refusal = { reasons: ['needs about 8.0 GB, 4.1 GB free'], risks: ['Crash.'], nextStep: 'End one.' };
    const { host } = crewScene(test, {
      restart: () => ({
        outcomes: [
          { worker: 'simulate-1', ok: true, message: 'restarting' },
          { worker: 'simulate-2', ok: false, message: 'needs about 8.0 GB, 4.1 GB free', refusal },
        ],
      }),
    });
    assert.equal(await host.run('restart --pool simulate'), 1);
    assert.equal(host.terminal.output, 'simulate-1: restarting\n');
    assert.deepEqual(host.terminal.errors.split('\n'), [
      'error: simulate-2 was not started: it needs about 8.0 GB, 4.1 GB free.',
      '  next: End one. Or start it anyway: `nightcrew restart simulate-2 --force`.',
      '  | Crash.',
      '',
    ]);
  });
});

describe('nightcrew forecast', () => {
  it('says when the work ends, with one worker and with two', () => {
    const left = { pool: 'simulate', left: 1_200, workers: 1, seconds: 9_000, reason: 'from 20 ended jobs' };
    const lines = renderForecast(
      [
        { ...left, whatIf: { workers: 2, seconds: 4_500, reason: 'from 20 ended jobs' } },
        {
          ...left,
          pool: 'tag',
          left: 0,
          workers: 0,
          seconds: 0,
          whatIf: { workers: 1, seconds: 0, reason: '' },
        },
      ],
      NOON,
    );
    assert.match(
      lines[1]!,
      /^simulate +1,200 +1 +about 2026-11-22 \d\d:30 \(in 2 h 30 min\) +2 workers +about .* from 20/,
    );
    assert.match(lines[2]!, /^tag +0 +0 +now +from 20/);
    const fewer = renderForecast(
      [{ ...left, workers: 2, whatIf: { workers: 1, seconds: 9_000, reason: '' } }],
      NOON,
    );
    assert.match(fewer[1]!, / 1 worker +about /);
  });
});
