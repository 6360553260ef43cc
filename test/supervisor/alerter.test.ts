import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { Notice } from '../../src/control/api.ts';
import { ALERT_KINDS, type AlertFact, type AlertSettings } from '../../src/core/alert.ts';
import type { JournalEvent } from '../../src/core/events.ts';
import { alertChannels, type AlertChannel, type AlertMessage } from '../../src/supervisor/alert-channels.ts';
import { Alerter } from '../../src/supervisor/alerter.ts';
import { ManualClock } from '../manual-clock.ts';
import { waitFor } from '../wait-for.ts';

const SETTINGS: AlertSettings = { events: [...ALERT_KINDS], notification: false, every: 300 };
const message: AlertMessage = { subject: 'one job failed', text: 'Job 7 failed' };
const timeouts = { webhook: 300, command: 30_000 };
const job = (number: number): AlertFact => ({
  kind: 'job-failed',
  at: 0,
  job: number,
  batch: 'sweep',
  pool: 'p',
  reason: 'exit code 1',
});

function alerter(
  send: (message: AlertMessage, channel: AlertChannel['name']) => Promise<void>,
  settings = SETTINGS,
  missed: AlertFact[] = [],
  names: AlertChannel['name'][] = ['webhook'],
) {
  const clock = new ManualClock();
  const events: JournalEvent[] = [];
  const notices: Notice[] = [];
  const channels = names.map((name): AlertChannel => ({ name, send: (message) => send(message, name) }));
  const parts = {
    store: {
      lastSequence: 5,
      append: (event: JournalEvent) => (events.push(event), { sequence: 6, at: 0 }),
      write: () => undefined,
      query: () => Promise.resolve(missed),
    } as never,
    clock,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    workspace: '/home/ada/sims',
    settings: () => settings,
    notice: (notice: Notice) => notices.push(notice),
    channels: () => channels,
  };
  return { clock, events, notices, alerter: new Alerter(parts, { alertsTold: { through: 1, at: 0 } }) };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('alerts', () => {
  it('are sent soon, and then at most one in a while, which sums up the rest', async () => {
    const sent: string[] = [];
    const { alerter: alerts, clock, events } = alerter(async ({ text }) => void sent.push(text));
    alerts.tell(job(1));
    clock.advance(2_000);
    await settled();
    for (let number = 2; number <= 601; number++) alerts.tell(job(number));
    clock.advance(297_000);
    await settled();
    assert.equal(sent.length, 1);
    clock.advance(3_000);
    await settled();
    assert.equal(sent.length, 2);
    assert.ok(sent[1]?.startsWith('Nightcrew, sims: 600 jobs failed'), sent[1]);
    assert.equal(events.filter(({ type }) => type === 'alerts.told').length, 2);
  });

  it('are only of what is asked for', async () => {
    const sent: string[] = [];
    const settings: AlertSettings = { ...SETTINGS, events: ['stalled'] };
    const { alerter: alerts, clock } = alerter(async ({ text }) => void sent.push(text), settings);
    alerts.tell(job(1));
    clock.advance(600_000);
    await settled();
    assert.deepEqual(sent, []);
  });

  it('that fail are tried again, then given up and told of once, and the next one says so', async () => {
    let fails = true;
    const sent: string[] = [];
    const {
      alerter: alerts,
      clock,
      notices,
    } = alerter(async ({ text }) => {
      sent.push(text);
      if (fails) throw new Error('it answered 500');
    });
    const turn = async (): Promise<void> => {
      for (let second = 0; second < 320; second++) {
        clock.advance(1_000);
        await settled();
      }
    };
    alerts.tell(job(1));
    await turn();
    assert.equal(sent.length, 3);
    alerts.tell(job(2));
    await turn();
    assert.equal(notices.length, 1);
    assert.match(notices[0]!.message, /cannot be sent by webhook: it answered 500/);
    fails = false;
    alerts.tell(job(3));
    await turn();
    assert.match(sent.at(-1)!, /2 alerts before this could not be sent$/);
  });

  it('that an earlier supervisor did not come to send are sent by the next', async () => {
    const sent: string[] = [];
    const { alerter: alerts, clock } = alerter(async ({ text }) => void sent.push(text), SETTINGS, [job(7)]);
    await alerts.start();
    clock.advance(2_000);
    await settled();
    assert.match(sent.join(), /Job 7 of sweep/);
  });

  it('that wait are sent at the end of the crew, and one that hangs holds it up for seconds only', async () => {
    const { alerter: alerts, clock } = alerter(() => new Promise(() => undefined));
    alerts.tell(job(1));
    let ended = false;
    const end = alerts.end().then(() => (ended = true));
    await waitFor('the end', () => {
      clock.advance(1_000);
      return ended;
    });
    await end;
  });
});

describe('alerts at the end of the crew', () => {
  it('are sent too when they came while another one was on its way', async () => {
    const sent: string[] = [];
    const answer = Promise.withResolvers<void>();
    const { alerter: alerts, clock } = alerter(({ text }) => {
      sent.push(text);
      return sent.length === 1 ? answer.promise : Promise.resolve();
    });
    alerts.tell(job(1));
    clock.advance(2_000);
    alerts.tell(job(2));
    const end = alerts.end();
    await settled();
    answer.resolve();
    await end;
    assert.equal(sent.length, 2);
    assert.match(sent[1]!, /Job 2 of sweep/);
    assert.equal(clock.nextDue, undefined);
  });

  it('that failed are tried at once for the last time, by each channel; the next supervisor tells them', async () => {
    const sent: string[] = [];
    const names: AlertChannel['name'][] = ['webhook', 'command'];
    const fails = async (_: AlertMessage, channel: string): Promise<void> => {
      sent.push(channel);
      throw new Error('it answered 500');
    };
    const { alerter: alerts, clock, events, notices } = alerter(fails, SETTINGS, [], names);
    alerts.tell(job(1));
    clock.advance(2_000);
    await settled();
    assert.deepEqual(sent, names);
    // Not a moment passes.
    await alerts.end();
    assert.deepEqual(sent, [...names, ...names]);
    assert.equal(clock.nextDue, undefined);
    assert.equal(notices.length, 2);
    assert.equal(events.filter(({ type }) => type === 'alerts.told').length, 0);
  });
});

async function webhook(test: TestContext, answer: (body: string) => number | undefined): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => (body += String(piece)));
    request.on('end', () => {
      const status = answer(body);
      if (status !== undefined) response.writeHead(status).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/SECRET`;
}

function channel(settings: Partial<AlertSettings>, folder = tmpdir(), limits = timeouts): AlertChannel {
  return alertChannels({ ...SETTINGS, ...settings }, folder, limits)[0]!;
}

function temporary(test: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'nightcrew-alerts-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('a webhook', () => {
  it('gets the text as Slack takes it, by a URL that stands in a file', async (test) => {
    const bodies: unknown[] = [];
    const url = await webhook(test, (body) => (bodies.push(JSON.parse(body)), 200));
    const file = join(temporary(test), 'webhook');
    writeFileSync(file, `${url}\n`);
    await channel({ webhook: { file } }).send(message);
    assert.deepEqual(bodies, [{ text: 'Job 7 failed' }]);
  });

  it('that refuses, hangs, is not there or has no URL is told of, never by its URL', async (test) => {
    const refusing = await webhook(test, () => 403);
    const hanging = await webhook(test, () => undefined);
    const cases: [AlertSettings['webhook'], RegExp][] = [
      [{ url: refusing }, /^it answered 403$/],
      [{ url: hanging }, /^no answer within 0\.3 s$/],
      [{ url: 'http://127.0.0.1:1/SECRET' }, /^it cannot be reached/],
      [{ env: 'NIGHTCREW_TEST_NO_SUCH_VARIABLE' }, /is not set where the supervisor was started/],
      [{ file: join(temporary(test), 'none') }, /cannot be read \(ENOENT\)$/],
    ];
    for (const [source, problem] of cases) {
      const error = await channel({ webhook: source! })
        .send(message)
        .then(
          () => undefined,
          (failure: Error) => failure.message,
        );
      assert.match(error ?? 'it was sent', problem);
      assert.doesNotMatch(error ?? '', /SECRET/);
    }
  });
});

/** The processes that work in a folder. */
async function markedBy(folder: string): Promise<string[]> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const working = (): string[] =>
    pids.filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === folder;
      } catch {
        return false;
      }
    });
  await waitFor('the end of all', () => working().length === 0);
  return working();
}

describe('a command', () => {
  it('gets the message on stdin, without a shell', async (test) => {
    const folder = temporary(test);
    const command = [
      'python3',
      '-c',
      'import sys; open(sys.argv[1], "w").write(sys.stdin.read())',
      '$HOME;x',
    ];
    await channel({ command }, folder).send(message);
    assert.equal(readFileSync(join(folder, '$HOME;x'), 'utf8'), 'Job 7 failed\n');
  });

  it('that fails, hangs or is not there is told of, and nothing of it stays', async (test) => {
    const folder = temporary(test);
    // Its child is in the same group, and named by the folder it works in.
    const hanging = 'import subprocess; subprocess.Popen(["sleep", "60"]).wait()';
    const cases: [string[], RegExp][] = [
      [
        ['python3', '-c', 'import sys; sys.exit("no such mailbox")'],
        /^python3 ended with exit code 1: no such mailbox$/,
      ],
      [['nightcrew-no-such-program'], /^nightcrew-no-such-program cannot be started \(ENOENT\)$/],
    ];
    for (const [command, problem] of cases)
      await assert.rejects(channel({ command }, folder).send(message), { message: problem });
    const limits = { ...timeouts, command: 1_000 };
    await assert.rejects(channel({ command: ['python3', '-c', hanging] }, folder, limits).send(message), {
      message: 'python3 did not end within 1 s',
    });
    const left = await markedBy(folder);
    assert.deepEqual(left, []);
  });

  it('that does not read what it gets harms nothing', async () => {
    await channel({ command: ['true'] }).send({ ...message, text: 'x'.repeat(1_000_000) });
  });
});
