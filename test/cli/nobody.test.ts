/** What commands say when what was asked for leaves nobody to do it to: that is no failure. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOON } from '../extension/scripted-crew.ts';
import { crewScene } from './crew-scene.ts';

describe('a command that is about nobody', () => {
  const lines: [line: string, says: string][] = [
    ['stop --pool tag', 'No worker of tag that this could be done to; nothing was done.\n'],
    [
      'drain --label domain=law --label tier=1',
      'No worker with domain=law tier=1 that this could be done to; nothing was done.\n',
    ],
    ['remove --all', 'No worker that this could be done to; nothing was done.\n'],
    ['abort --all --yes', 'No worker that this could be done to; nothing was done.\n'],
    ['stop --pool tag --json', '{"outcomes":[]}\n'],
    ['health --label domain=law', 'No worker with domain=law to check: `nightcrew up` starts them.\n'],
    ['cancel --pool tag', 'No such jobs.\n'],
  ];
  for (const [line, says] of lines) {
    it(`nightcrew ${line}`, async (test) => {
      const nobody = (): { outcomes: [] } => ({ outcomes: [] });
      const { host } = crewScene(test, {
        stop: nobody,
        drain: nobody,
        remove: nobody,
        abort: nobody,
        health: () => ({ at: NOON, healthy: 0, total: 0, workers: [] }),
        cancel: () => ({ matched: 0, changed: {}, refused: 0, problems: [], outcomes: [] }),
      });
      assert.equal(await host.run(line), 0);
      assert.equal(host.terminal.output, says);
    });
  }
});
