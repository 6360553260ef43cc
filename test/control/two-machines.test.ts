/** One folder on two machines, each with its own runtime folder: the second is refused, and takes over only when it is told. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { WorkspaceTurn, type TakeTurnOptions } from '../../src/control/workspace-turn.ts';
import { systemClock } from '../../src/core/clock.ts';
import { identifyProcess } from '../../src/keeper/process-identity.ts';

describe('a folder on two machines', () => {
  let stateFolder = '';
  beforeEach(() => {
    stateFolder = mkdtempSync(join(tmpdir(), 'nightcrew-turn-'));
  });
  afterEach(() => rmSync(stateFolder, { recursive: true }));

  async function takeAt(
    place: string,
    more: Partial<TakeTurnOptions> = {},
  ): ReturnType<typeof WorkspaceTurn.take> {
    const process = (await identifyProcess(globalThis.process.pid))!;
    const runtimeFolder = `/run/${place}`;
    return WorkspaceTurn.take({ stateFolder, runtimeFolder, process, clock: systemClock, place, ...more });
  }

  it('belongs to the first; the second is told which machine that is and since when it is silent', async () => {
    assert.ok((await takeAt('node7/a/1')) instanceof WorkspaceTurn);
    const refused = await takeAt('node8/b/1');
    assert.ok(!(refused instanceof WorkspaceTurn));
    assert.equal(refused.holder.machine, 'node7');
    assert.ok(Math.abs(refused.holder.touchedAt! - Date.now()) < 60_000);
    assert.equal(readdirSync(join(stateFolder, 'turn')).length, 1, 'the ticket of the second is gone');
  });

  it('is not given to another machine because of time, only because a person says that the first is gone', async () => {
    const first = await takeAt('node7/a/1');
    assert.ok(first instanceof WorkspaceTurn);
    const second = await takeAt('node8/b/1', { takeOver: true, watchPatience: 300 });
    assert.ok(second instanceof WorkspaceTurn);
    // Should it live after all, it finds out before it writes anything.
    assert.equal(first.isOurs(), false);
    assert.equal(second.isOurs(), true);
  });

  it('stays with a first that shows signs of life, whatever a person says', async () => {
    let time = systemClock.monotonic();
    const clock = { ...systemClock, monotonic: () => time };
    const first = await takeAt('node7/a/1', { clock });
    assert.ok(first instanceof WorkspaceTurn);
    const touching = setInterval(() => {
      time += 60_000;
      first.touch();
    }, 20);
    try {
      const refused = await takeAt('node8/b/1', { takeOver: true, watchPatience: 30_000 });
      assert.ok(!(refused instanceof WorkspaceTurn));
    } finally {
      clearInterval(touching);
    }
    assert.equal(first.isOurs(), true);
  });

  it('is told apart from a machine of the same name by its id', async () => {
    assert.ok((await takeAt('node/a/1')) instanceof WorkspaceTurn);
    const refused = await takeAt('node/b/1');
    assert.ok(!(refused instanceof WorkspaceTurn));
    assert.equal(refused.holder.machine, 'node');
  });
});
