import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ControlClient } from '../../src/control/client-contract.ts';
import { crewOf, type LinkState, type WorkspacePlace } from '../../src/extension/link-state.ts';
import { Refusal } from '../../src/extension/refusal.ts';
import { RECONNECT_DELAYS } from '../../src/extension/reconnection.ts';
import { SupervisorLink } from '../../src/extension/supervisor-link.ts';
import { FakeControlClient } from './fake-control-client.ts';
import { ManualClock } from './manual-clock.ts';
import { scriptedCrew, scriptedWorker } from './scripted-crew.ts';

const PLACE: WorkspacePlace = { folder: '/home/ada/epidemic', trusted: true, writable: true };

/** A link to a supervisor that lives, or not, as the test says. */
class Scene {
  readonly clock = new ManualClock();
  readonly log: string[] = [];
  readonly kinds: LinkState['kind'][] = [];
  living: FakeControlClient | undefined;
  starts = 0;
  /** What starting a supervisor gives. */
  startable: () => Promise<ControlClient> = async () => {
    this.living = new FakeControlClient(scriptedCrew());
    return this.living;
  };
  readonly link = new SupervisorLink({
    clock: this.clock,
    log: { info: (message) => this.log.push(message), warn: (message) => this.log.push(message) },
    optionsFor: (folder) => ({ workspace: folder, client: 'test', distribution: '/dist' }),
    connector: {
      connect: async () => (this.living?.closed ? undefined : this.living),
      connectOrStart: async () => {
        this.starts++;
        return this.startable();
      },
    },
  });

  constructor() {
    this.link.onDidChange(({ state }) => this.kinds.push(state.kind));
  }

  /** Resolves when what was started has run to where only the clock can go on. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  }
}

describe('the link to the supervisor', () => {
  it('only looks for a supervisor when a folder is opened, and starts none', async () => {
    const scene = new Scene();
    await scene.link.setPlace(PLACE);
    assert.deepEqual(scene.kinds, ['connecting', 'stopped']);
    assert.equal(scene.starts, 0);
  });

  it('follows one that lives already', async () => {
    const scene = new Scene();
    scene.living = new FakeControlClient(scriptedCrew());
    await scene.link.setPlace(PLACE);
    assert.deepEqual(scene.kinds, ['connecting', 'connected']);
  });

  it('brings the crew forward by deltas and hands them on', async () => {
    const scene = new Scene();
    scene.living = new FakeControlClient(scriptedCrew());
    await scene.link.setPlace(PLACE);
    const changed = scriptedWorker({ id: 'simulate-2' });
    scene.living.notify('state/changed', { sequence: 101, workers: [changed] });
    const { state } = scene.link;
    assert.equal(state.kind, 'connected');
    assert.deepEqual(state.kind === 'connected' && state.crew.workers.map(({ id }) => id), [
      'simulate-1',
      'simulate-2',
    ]);
  });

  it('drops a delta from before the snapshot and takes one of the same sequence', async () => {
    const scene = new Scene();
    scene.living = new FakeControlClient(scriptedCrew());
    await scene.link.setPlace(PLACE);
    scene.living.notify('state/changed', { sequence: 99, wanted: false });
    assert.equal(crewOf(scene.link.state)?.wanted, true);
    scene.living.notify('state/changed', { sequence: 100, wanted: false });
    assert.equal(crewOf(scene.link.state)?.wanted, false);
  });

  it('finds a restarted supervisor and takes its whole state', async () => {
    const scene = new Scene();
    const first = new FakeControlClient(scriptedCrew());
    scene.living = first;
    await scene.link.setPlace(PLACE);
    first.vanish();
    assert.equal(crewOf(scene.link.state)?.workers.length, 1);
    assert.equal(scene.kinds.at(-1), 'connecting');
    const crew = scriptedCrew({ workers: [] });
    scene.living = new FakeControlClient({
      ...crew,
      server: { ...crew.server, serverId: 'server-2', pid: 4077 },
    });
    scene.clock.advance(RECONNECT_DELAYS[0]!);
    await scene.settled();
    assert.equal(crewOf(scene.link.state)?.server.serverId, 'server-2');
    assert.equal(scene.kinds.at(-1), 'connected');
    assert.match(scene.log.at(-1)!, /restarted: PID 4077, was 4001/);
  });

  it('looks less and less often, and gives up', async () => {
    const scene = new Scene();
    const first = new FakeControlClient(scriptedCrew());
    scene.living = first;
    await scene.link.setPlace(PLACE);
    first.vanish();
    for (const delay of RECONNECT_DELAYS) {
      assert.equal(scene.clock.nextDue, delay);
      scene.clock.advance(delay);
      await scene.settled();
    }
    assert.equal(scene.link.state.kind, 'stopped');
    assert.equal(scene.clock.nextDue, undefined);
  });

  it('does not look for one that a person has ended', async () => {
    const scene = new Scene();
    scene.living = new FakeControlClient(scriptedCrew());
    await scene.link.setPlace(PLACE);
    scene.link.expectEnd(true);
    scene.living.vanish();
    assert.equal(scene.link.state.kind, 'stopped');
    assert.equal(scene.clock.nextDue, undefined);
  });

  it('takes the end of a crew that nobody wants for what it is', async () => {
    const scene = new Scene();
    scene.living = new FakeControlClient(scriptedCrew());
    await scene.link.setPlace(PLACE);
    scene.living.notify('state/changed', {
      sequence: 101,
      wanted: false,
      workers: [scriptedWorker({ state: 'DEAD' })],
    });
    scene.living.vanish();
    assert.equal(scene.link.state.kind, 'stopped');
  });

  it('starts one supervisor for commands that ask at the same time', async () => {
    const scene = new Scene();
    await scene.link.setPlace(PLACE);
    const [one, other] = await Promise.all([scene.link.ensure(), scene.link.ensure()]);
    assert.equal(one, other);
    assert.equal(scene.starts, 1);
    assert.equal(scene.link.state.kind, 'connected');
  });

  it('is stopped again when a start fails, and says why', async () => {
    const scene = new Scene();
    scene.startable = async () => {
      throw new Error('spawn node ENOENT');
    };
    await scene.link.setPlace(PLACE);
    await assert.rejects(scene.link.ensure(), /ENOENT/);
    assert.equal(scene.link.state.kind, 'stopped');
  });

  it('shows a crew in an untrusted workspace and starts nothing there', async () => {
    const scene = new Scene();
    const untrusted = { ...PLACE, trusted: false };
    await scene.link.setPlace(untrusted);
    assert.equal(scene.link.state.kind, 'untrusted');
    await assert.rejects(scene.link.ensure(), Refusal);
    assert.equal(scene.starts, 0);
    scene.living = new FakeControlClient(scriptedCrew());
    await scene.link.probe();
    assert.equal(scene.link.state.kind, 'connected');
    assert.throws(() => scene.link.requireTrustedPlace(), Refusal);
    await scene.link.setPlace(PLACE);
    assert.equal(scene.link.requireTrustedPlace().trusted, true);
  });

  it('takes one connection for many signs of a supervisor', async () => {
    const scene = new Scene();
    await scene.link.setPlace(PLACE);
    scene.living = new FakeControlClient(scriptedCrew());
    await Promise.all([scene.link.probe(), scene.link.probe(), scene.link.probe()]);
    assert.equal(scene.kinds.filter((kind) => kind === 'connected').length, 1);
  });

  it('refuses to start where nothing can be written', async () => {
    const scene = new Scene();
    await scene.link.setPlace({ ...PLACE, writable: false });
    assert.equal(scene.link.state.kind, 'readOnly');
    await assert.rejects(scene.link.ensure(), /read-only/);
  });

  it('leaves the supervisor of a folder that is closed', async () => {
    const scene = new Scene();
    const first = new FakeControlClient(scriptedCrew());
    scene.living = first;
    await scene.link.setPlace(PLACE);
    await scene.link.setPlace(undefined);
    assert.equal(scene.link.state.kind, 'noWorkspace');
    assert.equal(first.closed, true);
    first.notify('state/changed', { sequence: 200, wanted: false });
    assert.equal(scene.link.state.kind, 'noWorkspace');
  });
});
