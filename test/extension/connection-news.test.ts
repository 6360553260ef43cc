import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Notice } from '../../src/control/api.ts';
import type { CrewState, Trouble } from '../../src/control/crew-state.ts';
import { followConnectionNews, type NewsMemory } from '../../src/extension/notices/connection-news.ts';
import { RECONNECT_DELAYS } from '../../src/extension/reconnection.ts';
import { FakeClient } from '../fake-client.ts';
import { LinkScene, PLACE } from './link-scene.ts';
import { NOON, scriptedCrew } from './scripted-crew.ts';

const FULL: Trouble = {
  kind: 'storage',
  message: 'The disk of /home/ada is full: 0 B free, 1 MB needed.',
  nextStep: 'Free some space on it.',
  since: NOON,
};

/** A crew whose supervisor was started after the machine was. */
function rebootedCrew(serverId = 'server-2'): CrewState {
  const { server } = scriptedCrew();
  return scriptedCrew({
    server: { ...server, serverId, start: { cause: 'rebooted', adopted: 0, lost: 4, requeued: 12 } },
  });
}

/** What a window remembers over its reloads. */
function memory(): NewsMemory {
  let told: string | undefined;
  return { get: () => told, set: (serverId) => (told = serverId) };
}

/** A window: what it tells of the supervisor that the scene has. */
function openWindow(remembered = memory()): {
  scene: LinkScene;
  starts: string[];
  recoveries: string[];
  notices: Notice[];
} {
  const scene = new LinkScene();
  const starts: string[] = [];
  const recoveries: string[] = [];
  const notices: Notice[] = [];
  followConnectionNews(scene.link, remembered, {
    started: (message) => starts.push(message),
    recovered: (message) => recoveries.push(message),
    noticed: (notice) => notices.push(notice),
  });
  return { scene, starts, recoveries, notices };
}

describe('the news that a connection brings', () => {
  it('tells of a start once for each supervisor, however often the window is reloaded', async () => {
    const remembered = memory();
    for (const expected of [1, 0]) {
      const { scene, starts } = openWindow(remembered);
      scene.living = new FakeClient(rebootedCrew());
      await scene.link.setPlace(PLACE);
      await scene.link.refresh();
      assert.equal(starts.length, expected);
    }
    const { scene, starts } = openWindow(remembered);
    scene.living = new FakeClient(rebootedCrew('server-3'));
    await scene.link.setPlace(PLACE);
    assert.match(starts[0]!, /^The machine was restarted\. 12 jobs/);
  });

  it('has nothing to tell of an ordinary start', async () => {
    const { scene, starts, notices } = openWindow();
    scene.living = new FakeClient(scriptedCrew());
    await scene.link.setPlace(PLACE);
    assert.deepEqual([starts, notices], [[], []]);
  });

  it('mentions a crash that cost nothing, and tells of a newer version that took over', async () => {
    const { server } = scriptedCrew();
    for (const cause of ['crashed', 'handed-over'] as const) {
      const { scene, starts, recoveries, notices } = openWindow();
      const start = { cause, adopted: 2, lost: 0, requeued: 0 };
      scene.living = new FakeClient(scriptedCrew({ server: { ...server, start } }));
      await scene.link.setPlace(PLACE);
      await scene.link.refresh();
      const [loud, quiet] = cause === 'crashed' ? [0, 1] : [1, 0];
      assert.deepEqual([starts.length, recoveries.length, notices.length], [loud, quiet, 0]);
      assert.match([...starts, ...recoveries][0]!, /2 workers went on undisturbed\.$/);
    }
  });

  it('warns of a damaged snapshot', async () => {
    const { scene, notices } = openWindow();
    const { server } = scriptedCrew();
    const recovery = { tornBytes: 0, replayed: 3, snapshotProblem: 'integrity check' };
    scene.living = new FakeClient(scriptedCrew({ server: { ...server, recovery } }));
    await scene.link.setPlace(PLACE);
    assert.deepEqual(
      notices.map(({ severity }) => severity),
      ['warning'],
    );
  });

  it('tells of a trouble that was there before the window', async () => {
    const { scene, notices } = openWindow();
    scene.living = new FakeClient(scriptedCrew({ troubles: [FULL] }));
    await scene.link.setPlace(PLACE);
    await scene.link.refresh();
    assert.deepEqual(notices, [{ severity: 'error', message: FULL.message, nextStep: FULL.nextStep }]);
  });

  it('leaves a trouble that begins now to the notice that comes with it, also after a short loss of the connection', async () => {
    const { scene, notices } = openWindow();
    const first = new FakeClient(scriptedCrew());
    scene.living = first;
    await scene.link.setPlace(PLACE);
    first.notify('state/changed', { sequence: 101, troubles: [FULL] });
    first.vanish();
    scene.living = new FakeClient(scriptedCrew({ troubles: [FULL] }));
    scene.clock.advance(RECONNECT_DELAYS[0]!);
    await scene.settled();
    assert.equal(scene.kinds.at(-1), 'connected');
    assert.deepEqual(notices, []);
  });
});
