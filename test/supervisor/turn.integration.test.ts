/** One supervisor a workspace, whatever is left over of earlier ones and whoever starts at the same moment. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { readLease, type Lease } from '../../src/control/lease.ts';
import { runtimeFolder } from '../../src/control/runtime-folder.ts';
import { parseTicketName, ticketName, type Ticket } from '../../src/control/turn.ts';
import { WorkspaceTurn } from '../../src/control/workspace-turn.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { ProcessIdentity } from '../../src/core/worker.ts';
import { identifyProcess, isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { waitFor } from '../wait-for.ts';
import { startProcess } from './start-process.ts';
import { TemporaryCrew } from './temporary-crew.ts';

const crewFile = 'pools: { tag: { command: python3 tasks.py, workers: 0 } }';

const turnFolder = (crew: TemporaryCrew): string => join(crew.workspace, '.nightcrew', 'turn');
const leaseFile = (crew: TemporaryCrew): string => runtimeFolder(crew.workspace, crew.environment).leaseFile;
const tickets = (crew: TemporaryCrew): Ticket[] =>
  readdirSync(turnFolder(crew)).flatMap((name) => parseTicketName(name) ?? []);

/** The place that tickets of this machine have. */
async function place(crew: TemporaryCrew): Promise<string> {
  const process = await ownIdentity();
  const turn = await WorkspaceTurn.take({
    stateFolder: join(crew.workspace, '.nightcrew'),
    runtimeFolder: crew.runtime,
    process,
    clock: systemClock,
  });
  assert.ok(turn instanceof WorkspaceTurn);
  const [ticket] = tickets(crew);
  turn.release();
  return ticket!.place;
}

async function ownIdentity(): Promise<ProcessIdentity> {
  return (await identifyProcess(process.pid))!;
}

async function deadProcess(): Promise<ProcessIdentity> {
  const child = spawn('sleep', ['100']);
  const identity = await identifyProcess(child.pid!);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return identity!;
}

describe('the turn to supervise', () => {
  it('is one of eight supervisors’ that start at once, over all that earlier ones may have left', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const here = await place(crew);
    const own = await ownIdentity();
    const leftOvers: ProcessIdentity[] = [
      await deadProcess(),
      // The number is given away again: this test's process has it now.
      { ...own, startTime: `${Number(own.startTime) - 7}` },
      { ...own, bootId: 'of an earlier boot' },
    ];
    const { controlSocket } = runtimeFolder(crew.workspace, crew.environment);
    const leases = [
      JSON.stringify(leaseOf(leftOvers[1]!, controlSocket)),
      JSON.stringify(leaseOf(own, controlSocket)).slice(0, 80),
      '\0\0\0\0 no JSON',
    ];
    for (const lease of leases) {
      for (const [index, process] of leftOvers.entries()) {
        writeFileSync(join(turnFolder(crew), ticketName({ number: index + 1, process, place: here })), '');
      }
      writeFileSync(join(turnFolder(crew), 'not a ticket'), '');
      writeFileSync(leaseFile(crew), lease);
      // Left over by one that died between its ticket and its socket, or of one that was killed.
      writeFileSync(controlSocket, '');
      const reports = await Promise.all(Array.from({ length: 8 }, () => startProcess(crew)));
      const started = reports.filter((report) => report.started);
      assert.equal(started.length, 1, JSON.stringify(reports));
      const client = await crew.connectOnly();
      assert.equal(client?.server.pid, started[0]!.pid);
      assert.deepEqual(
        tickets(crew).map(({ process }) => process.pid),
        [started[0]!.pid],
      );
      const closed = new Promise<void>((resolve) => client!.onClose(resolve));
      await client!.request('down', { mode: 'stop' });
      await closed;
      await waitFor('the ticket to be given back', () => tickets(crew).length === 0);
    }
  });

  it('stays with a supervisor whose lease was swept away, also when another is started in that moment', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const { server } = await crew.connect();
    for (let round = 0; round < 3; round++) {
      rmSync(leaseFile(crew));
      const reports = await Promise.all([startProcess(crew), startProcess(crew)]);
      for (const report of reports) {
        assert.ok(!report.started && report.held);
        assert.equal(report.holder.process.pid, server.pid);
      }
      const again = await crew.connect();
      assert.equal(again.server.serverId, server.serverId);
    }
  });

  it('is told from what an earlier start left: a token, a server, somebody else who listens', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const { server } = await crew.connect();
    const lease = readLease(leaseFile(crew))!;
    // The supervisor repairs its lease every second: that may be between what is written here and what is read.
    const isRefused = async (wrong: Partial<Lease>, refusal: RegExp): Promise<void> =>
      waitFor(`${Object.keys(wrong).join()} to be refused`, async () => {
        writeFileSync(leaseFile(crew), JSON.stringify({ ...lease, ...wrong }));
        const refused = await crew.connectOnly().then(
          () => undefined,
          (error: Error) => error,
        );
        if (refused) assert.match(refused.message, refusal);
        return refused !== undefined;
      });

    await isRefused({ token: 'of an earlier start' }, /The token is not the one of this supervisor/);
    await isRefused({ serverId: 'of an earlier start' }, /Another supervisor answered/);

    const stranger = createServer((socket) => socket.on('error', () => undefined).end());
    const socket = join(crew.runtime, 'stranger.sock');
    await new Promise<void>((resolve) => stranger.listen(socket, resolve));
    await isRefused({ socket }, /connection to the supervisor closed/);
    stranger.close();
    await waitFor('the lease to be repaired', () => isDeepStrictEqual(readLease(leaseFile(crew)), lease));

    assert.equal((await crew.connect()).server.serverId, server.serverId);
  });

  it('lets a supervisor that was stopped and overtaken write nothing more and end at once', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    await client.request('enqueue', { pool: 'tag', source: { parameters: { n: 1 } } });
    const first = (await crew.supervisor())!;
    await signalProcess(first, 'SIGSTOP');
    // It has the turn as long as it lives, with or without its lease.
    rmSync(leaseFile(crew));
    const refused = await startProcess(crew);
    assert.ok(!refused.started && refused.held);
    assert.equal(refused.holder.process.pid, first.pid);

    // Only by hand can it be taken away.
    rmSync(turnFolder(crew), { recursive: true });
    const second = await crew.connect();
    assert.notEqual(second.server.pid, first.pid);
    await second.request('enqueue', { pool: 'tag', source: { parameters: { n: 2 } } });
    // What is enqueued would be asked again of the other one.
    const unanswered = assert.rejects(
      client.request('cancel', { jobs: [1] }),
      /connection to the supervisor closed/,
    );
    const journal = journalOf(crew);
    await signalProcess(first, 'SIGCONT');
    await waitFor('the first to end', async () => !(await isAlive(first)));
    await unanswered;
    assert.deepEqual(journalOf(crew), journal, 'not a byte was written');

    await second.request('enqueue', { pool: 'tag', source: { parameters: { n: 3 } } });
    assert.equal(second.server.serverId, (await crew.connect()).server.serverId);
    const overtaker = (await crew.supervisor())!;
    await signalProcess(overtaker, 'SIGKILL');
    await waitFor('the second to be gone', async () => !(await isAlive(overtaker)));
    const third = await crew.connect();
    assert.equal(third.server.recovery.tornBytes, 0);
    const { jobs } = await third.request('jobs', {});
    assert.deepEqual(
      jobs.map(({ parameters, state }) => [parameters['n'], state]),
      [1, 2, 3].map((n) => [n, 'pending']),
    );
  });
});

function leaseOf(identity: ProcessIdentity, socket: string): Lease {
  return { identity, serverId: 'earlier', token: 'earlier', socket, version: '0.0.1', control: 1 };
}

function journalOf(crew: TemporaryCrew): string[] {
  const folder = join(crew.workspace, '.nightcrew', 'journal');
  return readdirSync(folder).map((name) => `${name}: ${readFileSync(join(folder, name), 'utf8')}`);
}
