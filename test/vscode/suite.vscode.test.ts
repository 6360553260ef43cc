/** Runs the extension host suite in the served workbench. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Study } from './study.ts';
import { buildSuite } from './suite/build-suite.ts';
import { repositoryRoot } from './workbench/locations.ts';
import { runSuite } from './workbench/suite-runner.ts';

it('the suite passes in the extension host', async () => {
  const study = new Study();
  const lines: string[] = [];
  try {
    const code = await runSuite({
      suite: await buildSuite(),
      folder: study.folder,
      extensionDevelopmentPath: repositoryRoot,
      workspaceTrust: false,
      env: { NIGHTCREW_RUNTIME_DIR: study.runtime },
      label: 'suite',
      onLine: (_level, line) => lines.push(line),
    });
    assert.equal(code, 0, lines.join('\n'));
    assert.ok(lines.filter((line) => line.startsWith('✔')).length >= 5, lines.join('\n'));
  } finally {
    await study.end();
  }
});
