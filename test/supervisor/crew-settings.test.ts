import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { ControlError } from '../../src/control/control-error.ts';
import type { GivenSetting } from '../../src/core/settings.ts';
import { CrewSettings } from '../../src/supervisor/crew-settings.ts';

function scene(test: TestContext): { settings: CrewSettings; recorded: unknown[]; workspace: string } {
  const workspace = mkdtempSync(join(tmpdir(), 'nightcrew-settings-'));
  test.after(() => rmSync(workspace, { recursive: true }));
  const recorded: unknown[] = [];
  const store = { append: (event: unknown) => ({ sequence: recorded.push(event), at: 0 }) };
  return { settings: new CrewSettings(store, undefined, workspace), recorded, workspace };
}

const logsIn = (text: string): GivenSetting[] => [{ name: 'logFolder', text, from: 'WORKER_LOG_DIR' }];

describe('the settings that come with a start of workers', () => {
  it('hold for all that start later, and are recorded once', (test) => {
    const { settings, recorded, workspace } = scene(test);
    settings.take(logsIn('somewhere/deeper'));
    settings.take(logsIn('somewhere/deeper'));
    settings.take(undefined);
    assert.equal(settings.current.logFolder, 'somewhere/deeper');
    assert.ok(existsSync(join(workspace, 'somewhere/deeper')));
    assert.equal(recorded.length, 1);
  });

  it('are refused with a folder for logs that cannot be one, and what held goes on holding', (test) => {
    const { settings, recorded, workspace } = scene(test);
    writeFileSync(join(workspace, 'file'), '');
    for (const folder of ['file', 'file/logs', '/proc/no/such']) {
      assert.throws(
        () => settings.take(logsIn(folder)),
        ({ message, place, nextStep }: ControlError) =>
          /^No logs can be written into /.test(message) &&
          place === 'WORKER_LOG_DIR' &&
          /another one/.test(nextStep ?? ''),
        folder,
      );
    }
    assert.deepEqual([settings.given, recorded], [undefined, []]);
  });
});
