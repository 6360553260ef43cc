/** A workspace on a network folder, opened from a second machine: it has another name and another runtime folder. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ControlError, ControlErrorCode } from '../../src/control/control-error.ts';
import { connectOrStart } from '../../src/control/connect.ts';
import { distribution, TemporaryCrew } from './temporary-crew.ts';

describe('a crew that is run on another machine', () => {
  it('is not run here too, also not when asked to take over while that machine lives', async () => {
    await using crew = TemporaryCrew.make('pools: { tag: { command: python3 tasks.py, workers: 1 } }');
    const first = await crew.connect();
    const runtime = mkdtempSync(join(tmpdir(), 'nightcrew-test-'));
    const before = { ...process.env };
    process.env['NIGHTCREW_RUNTIME_DIR'] = join(runtime, 'r');
    process.env['NIGHTCREW_HOST_NAME'] = 'another-machine';
    try {
      for (const takeOver of [false, true]) {
        const options = { workspace: crew.workspace, client: 'test', distribution, takeOver };
        await assert.rejects(connectOrStart(options), (error) => {
          assert.ok(error instanceof ControlError);
          assert.equal(error.code, ControlErrorCode.elsewhere);
          assert.ok(error.message.includes(`${hostname()}, process ${first.server.pid}`), error.message);
          assert.match(error.message, /last sign of life is of \d{4}-/);
          assert.match(error.nextStep ?? '', /nightcrew up --take-over/);
          return true;
        });
      }
    } finally {
      process.env = before;
      rmSync(runtime, { recursive: true });
    }
    assert.equal((await first.request('status', {})).server.serverId, first.server.serverId);
  });
});
