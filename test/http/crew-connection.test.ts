import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ControlClient } from '../../src/control/client-contract.ts';
import { CrewConnection, type CrewListener } from '../../src/http/crew-connection.ts';
import { HttpError } from '../../src/http/http-error.ts';
import { scriptedCrew } from '../extension/scripted-crew.ts';
import { FakeClient, type Answers } from '../fake-client.ts';
import { ManualClock } from '../manual-clock.ts';

const nobody: CrewListener = {
  began: () => undefined,
  changed: () => undefined,
  noticed: () => undefined,
  lost: () => undefined,
};

async function scene(answers: Answers = {}): Promise<{
  crew: CrewConnection;
  client: FakeClient;
  clock: ManualClock;
  find: (client: ControlClient) => void;
}> {
  const clock = new ManualClock(0);
  const client = new FakeClient(scriptedCrew(), answers);
  let alive: ControlClient | undefined = client;
  const reach = {
    connect: async () => (alive && !(alive as FakeClient).closed ? alive : undefined),
    connectOrStart: async () => alive!,
  };
  const crew = new CrewConnection({ reach, clock, log: () => undefined, listener: nobody });
  await crew.open();
  return { crew, client, clock, find: (found) => (alive = found) };
}

describe('the connection of the HTTP face', () => {
  it('answers a flood of looks from its copy', async () => {
    const { crew, client } = await scene();
    await Promise.all(Array.from({ length: 1_000 }, () => crew.state()));
    assert.deepEqual(client.requests.length, 1);
  });

  it('lets eight requests through at a time, has 64 wait, and refuses the others at once', async () => {
    const open: (() => void)[] = [];
    const { crew } = await scene({
      batches: () => new Promise((resolve) => open.push(() => resolve([]))),
    });
    const outcomes = Array.from({ length: 100 }, () =>
      crew.request('batches', {}).then(
        () => 'answered',
        (error: unknown) => (error instanceof HttpError ? error.code : 'failed'),
      ),
    );
    await new Promise(setImmediate);
    assert.equal(open.length, 8);
    for (let answered = 0; answered < 72; answered++) {
      open[answered]!();
      await new Promise(setImmediate);
    }
    const counts = Map.groupBy(await Promise.all(outcomes), (outcome) => outcome);
    assert.deepEqual([counts.get('answered')?.length, counts.get('unavailable')?.length], [72, 28]);
  });

  it('says that a frozen supervisor does not answer', async () => {
    const { crew, clock } = await scene({ batches: () => new Promise(() => undefined) });
    const asked = crew.request('batches', {});
    await new Promise(setImmediate);
    clock.advance(60_000);
    await assert.rejects(asked, /has not answered for 60 s/);
  });

  it('stops following when nobody has asked for a minute', async () => {
    const { crew, client, clock } = await scene({ unsubscribe: () => null });
    await crew.state();
    for (let half = 0; half < 4; half++) clock.advance(30_000);
    assert.equal(client.asked('unsubscribe').length, 1);
    await crew.state();
    assert.equal(client.asked('subscribe').length, 2);
  });

  it('finds the supervisor that follows one that is gone', async () => {
    const { crew, client, clock, find } = await scene();
    await crew.state();
    client.vanish();
    await assert.rejects(crew.state(), /The connection to the supervisor was lost/);
    await new Promise(setImmediate);
    await assert.rejects(crew.state(), /No supervisor is running/);
    find(new FakeClient(scriptedCrew()));
    clock.advance(500);
    await new Promise(setImmediate);
    assert.equal((await crew.state()).sequence, scriptedCrew().sequence);
  });
});
