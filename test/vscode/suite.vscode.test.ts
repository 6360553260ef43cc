/** Runs the extension host suite in the served workbench. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { connect } from '../../src/control/connect.ts';
import { buildSuite } from './suite/build-suite.ts';
import { repositoryRoot } from './workbench/locations.ts';
import { runSuite } from './workbench/suite-runner.ts';

it('the suite passes in the extension host', async () => {
  const root = mkdtempSync(join(tmpdir(), 'nightcrew-suite-'));
  const [folder, runtime] = [join(root, 'study'), join(root, 'runtime')];
  mkdirSync(folder);
  mkdirSync(runtime, { mode: 0o700 });
  process.env['NIGHTCREW_RUNTIME_DIR'] = runtime;
  const lines: string[] = [];
  try {
    const code = await runSuite({
      suite: await buildSuite(),
      folder,
      extensionDevelopmentPath: repositoryRoot,
      workspaceTrust: false,
      env: { NIGHTCREW_RUNTIME_DIR: runtime },
      label: 'suite',
      onLine: (_level, line) => lines.push(line),
    });
    assert.equal(code, 0, lines.join('\n'));
    assert.ok(lines.filter((line) => line.startsWith('✔')).length >= 5, lines.join('\n'));
  } finally {
    const client = await connect({
      workspace: folder,
      client: 'test',
      distribution: join(repositoryRoot, 'dist'),
    });
    if (client) {
      const closed = new Promise<void>((resolve) => client.onClose(resolve));
      await client.request('down', { mode: 'abort' });
      await closed;
    }
    rmSync(root, { recursive: true, force: true });
  }
});
