import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Notice } from '../../src/control/api.ts';
import { ControlError, ControlErrorCode } from '../../src/control/control-error.ts';
import { crewOf } from '../../src/extension/link-state.ts';
import { Refusal } from '../../src/extension/refusal.ts';
import { KEEPER_PATIENCE } from '../../src/extension/supervisor-link.ts';
import { RECONNECT_DELAYS } from '../../src/extension/reconnection.ts';
import { FakeClient } from '../fake-client.ts';
import { LinkScene, PLACE } from './link-scene.ts';
import { scriptedCrew, scriptedWorker } from './scripted-crew.ts';

describe('the link to the supervisor', () => {
  it('only looks for a supervisor when a folder is opened, and starts none', async () => {
    const scene = new LinkScene();
    await scene.link.setPlace(PLACE);
    assert.deepEqual(scene.kinds, ['connecting', 'stopped']);
    assert.equal(scene.starts, 0);
  });

  it('follows one that lives already', async () => {
    const scene = new LinkScene();
    scene.living = new FakeClient(scriptedCrew());
    await scene.link.setPlace(PLACE);
    assert.deepEqual(scene.kinds, ['connecting', 'connected']);
  });

  it('brings the crew forward by deltas and hands them on', async () => {
    const scene = new LinkScene();
    scene.living = new FakeClient(scriptedCrew());
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
    const scene = new LinkScene();
    scene.living = new FakeClient(scriptedCrew());
    await scene.link.setPlace(PLACE);
    scene.living.notify('state/changed', { sequence: 99, wanted: false });
    assert.equal(crewOf(scene.link.state)?.wanted, true);
    scene.living.notify('state/changed', { sequence: 100, wanted: false });
    assert.equal(crewOf(scene.link.state)?.wanted, false);
  });

  it('finds a restarted supervisor and takes its whole state', async () => {
    const scene = new LinkScene();
    const first = new FakeClient(scriptedCrew());
    scene.living = first;
    await scene.link.setPlace(PLACE);
    first.vanish();
    assert.equal(crewOf(scene.link.state)?.workers.length, 1);
    assert.equal(scene.kinds.at(-1), 'connecting');
    const crew = scriptedCrew({ workers: [] });
    scene.living = new FakeClient({
      ...crew,
      server: { ...crew.server, serverId: 'server-2', pid: 4077 },
    });
    scene.clock.advance(RECONNECT_DELAYS[0]!);
    await scene.settled();
    assert.equal(crewOf(scene.link.state)?.server.serverId, 'server-2');
    assert.equal(scene.kinds.at(-1), 'connected');
    assert.match(scene.log.at(-1)!, /restarted: PID 4077, was 4001/);
  });

  it('takes a hand-over to another version for what it is, without a word of a crash', async () => {
    const scene = new LinkScene();
    const first = new FakeClient(scriptedCrew());
    scene.living = first;
    await scene.link.setPlace(PLACE);
    first.vanish();
    const { server, ...crew } = scriptedCrew();
    const start = { cause: 'handed-over', adopted: 1, lost: 0, requeued: 0 } as const;
    scene.living = new FakeClient({
      ...crew,
      server: { ...server, serverId: 'server-2', version: '0.2.0', start },
    });
    scene.clock.advance(RECONNECT_DELAYS[0]!);
    await scene.settled();
    assert.deepEqual(scene.kinds.slice(-2), ['connecting', 'connected']);
    assert.match(scene.log.at(-1)!, /took over, and the workers went on: version 0\.2\.0, was 0\.1\.0/);
  });

  it('looks less and less often, and gives up', async () => {
    const scene = new LinkScene();
    const first = new FakeClient(scriptedCrew());
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
    const scene = new LinkScene();
    scene.living = new FakeClient(scriptedCrew());
    await scene.link.setPlace(PLACE);
    scene.link.expectEnd(true);
    scene.living.vanish();
    assert.equal(scene.link.state.kind, 'stopped');
    assert.equal(scene.clock.nextDue, undefined);
  });

  it('takes the end of a crew that nobody wants for what it is', async () => {
    const scene = new LinkScene();
    scene.living = new FakeClient(scriptedCrew());
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
    const scene = new LinkScene();
    await scene.link.setPlace(PLACE);
    const [one, other] = await Promise.all([scene.link.ensure(), scene.link.ensure()]);
    assert.equal(one, other);
    assert.equal(scene.starts, 1);
    assert.equal(scene.link.state.kind, 'connected');
  });

  it('is stopped again when a start fails, and says why', async () => {
    const scene = new LinkScene();
    scene.startable = async () => {
      throw new Error('spawn node ENOENT');
    };
    await scene.link.setPlace(PLACE);
    await assert.rejects(scene.link.ensure(), /ENOENT/);
    assert.equal(scene.link.state.kind, 'stopped');
  });

  it('shows a crew in an untrusted workspace and starts nothing there', async () => {
    const scene = new LinkScene();
    const untrusted = { ...PLACE, trusted: false };
    await scene.link.setPlace(untrusted);
    assert.equal(scene.link.state.kind, 'untrusted');
    await assert.rejects(scene.link.ensure(), Refusal);
    assert.equal(scene.starts, 0);
    scene.living = new FakeClient(scriptedCrew());
    await scene.link.probe();
    assert.equal(scene.link.state.kind, 'connected');
    assert.throws(() => scene.link.requireTrustedPlace(), Refusal);
    await scene.link.setPlace(PLACE);
    assert.equal(scene.link.requireTrustedPlace().trusted, true);
  });

  it('takes one connection for many signs of a supervisor', async () => {
    const scene = new LinkScene();
    await scene.link.setPlace(PLACE);
    scene.living = new FakeClient(scriptedCrew());
    await Promise.all([scene.link.probe(), scene.link.probe(), scene.link.probe()]);
    assert.equal(scene.kinds.filter((kind) => kind === 'connected').length, 1);
  });

  it('refuses to start where nothing can be written', async () => {
    const scene = new LinkScene();
    await scene.link.setPlace({ ...PLACE, writable: false });
    assert.equal(scene.link.state.kind, 'readOnly');
    await assert.rejects(scene.link.ensure(), /read-only/);
  });

  it('leaves the supervisor of a folder that is closed', async () => {
    const scene = new LinkScene();
    const first = new FakeClient(scriptedCrew());
    scene.living = first;
    await scene.link.setPlace(PLACE);
    await scene.link.setPlace(undefined);
    assert.equal(scene.link.state.kind, 'noWorkspace');
    assert.equal(first.closed, true);
    first.notify('state/changed', { sequence: 200, wanted: false });
    assert.equal(scene.link.state.kind, 'noWorkspace');
  });
});

describe('a crew that was wanted and lost its supervisor', () => {
  it('is brought back when its folder is opened', async () => {
    const scene = new LinkScene();
    scene.isWanted = true;
    await scene.link.setPlace(PLACE);
    assert.equal(scene.starts, 1);
    assert.equal(scene.link.state.kind, 'connected');
  });

  it('is not brought back where nothing may be started, until it may', async () => {
    const scene = new LinkScene();
    scene.isWanted = true;
    await scene.link.setPlace({ ...PLACE, trusted: false });
    assert.equal(scene.starts, 0);
    assert.equal(scene.link.state.kind, 'untrusted');
    await scene.link.setPlace(PLACE);
    assert.equal(scene.starts, 1);
    assert.equal(scene.link.state.kind, 'connected');
  });

  it('is left to its keeper at first, and brought back when that does not come', async () => {
    const scene = new LinkScene();
    scene.isWanted = true;
    const first = new FakeClient(scriptedCrew());
    scene.living = first;
    await scene.link.setPlace(PLACE);
    first.vanish();
    let waited = 0;
    for (const delay of RECONNECT_DELAYS) {
      if (scene.link.state.kind === 'connected') break;
      scene.clock.advance(delay);
      waited += delay;
      await scene.settled();
      if (waited < KEEPER_PATIENCE) assert.equal(scene.starts, 0);
    }
    assert.equal(scene.link.state.kind, 'connected');
    assert.equal(scene.starts, 1);
  });

  it('is told of when it cannot be brought back', async () => {
    const scene = new LinkScene();
    scene.isWanted = true;
    scene.startable = async () => {
      throw new ControlError(ControlErrorCode.storage, 'The disk is full.', { nextStep: 'Free some space.' });
    };
    const notices: string[] = [];
    scene.link.onNotice(({ message }) => notices.push(message));
    await scene.link.setPlace(PLACE);
    assert.equal(scene.link.state.kind, 'stopped');
    assert.deepEqual(notices, [
      'The crew was running and could not be started again: The disk is full. Free some space.',
    ]);
  });
});

describe('a supervisor that this window cannot work with', () => {
  const refusal = new ControlError(ControlErrorCode.refused, 'The supervisor is of version 0.9.', {
    nextStep: 'Update the extension and reload the window.',
  });

  it('is told as it is, and to every command', async () => {
    const scene = new LinkScene();
    const notices: Notice[] = [];
    scene.link.onNotice((notice) => notices.push(notice));
    scene.refusal = refusal;
    await scene.link.setPlace(PLACE);
    await scene.link.probe();
    assert.deepEqual(scene.kinds, ['connecting', 'refused']);
    assert.deepEqual(scene.log, [`${refusal.message} ${refusal.nextStep}`]);
    assert.deepEqual(notices, [
      { severity: 'warning', message: refusal.message, nextStep: refusal.nextStep! },
    ]);
    assert.throws(() => scene.link.client(), refusal);
    await assert.rejects(scene.link.ensure(), refusal);
    assert.equal(scene.link.state.kind, 'refused');
  });

  it('is noticed when it takes over, and one that can be worked with after it', async () => {
    const scene = new LinkScene();
    const first = new FakeClient(scriptedCrew());
    scene.living = first;
    await scene.link.setPlace(PLACE);
    first.vanish();
    scene.refusal = refusal;
    scene.clock.advance(RECONNECT_DELAYS[0]!);
    await scene.settled();
    assert.equal(scene.link.state.kind, 'refused');
    // Signs of it come meanwhile; they must not look beside the reconnection that goes on.
    await scene.link.probe();
    scene.refusal = undefined;
    scene.living = new FakeClient(scriptedCrew());
    scene.clock.advance(RECONNECT_DELAYS[1]!);
    await scene.settled();
    assert.equal(scene.link.state.kind, 'connected');
    assert.equal(scene.kinds.filter((kind) => kind === 'connected').length, 2);
  });

  it('stays refused when nothing else is found', async () => {
    const scene = new LinkScene();
    const first = new FakeClient(scriptedCrew());
    scene.living = first;
    await scene.link.setPlace(PLACE);
    first.vanish();
    scene.refusal = refusal;
    for (const delay of RECONNECT_DELAYS) {
      scene.clock.advance(delay);
      await scene.settled();
    }
    assert.equal(scene.link.state.kind, 'refused');
    assert.equal(scene.kinds.filter((kind) => kind === 'refused').length, 1);
    scene.refusal = undefined;
    await scene.link.probe();
    assert.equal(scene.link.state.kind, 'stopped', 'it has gone');
  });

  it('is asked again when the workspace is trusted', async () => {
    const scene = new LinkScene();
    scene.refusal = refusal;
    await scene.link.setPlace({ ...PLACE, trusted: false });
    scene.refusal = undefined;
    scene.living = new FakeClient(scriptedCrew());
    await scene.link.setPlace(PLACE);
    assert.equal(scene.link.state.kind, 'connected');
  });
});
