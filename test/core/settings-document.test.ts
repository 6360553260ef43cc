import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { SETTINGS } from '../../src/core/settings.ts';

const text = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the table of settings', () => {
  it('stands in the documentation as in the code', () => {
    const rows = text('docs/settings.md')
      .split('\n')
      .filter((line) => line.startsWith('| `WORKER_'))
      .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
    assert.deepEqual(
      rows.map(([, variable, configuration, , otherwise]) => [variable, configuration, otherwise]),
      SETTINGS.map(({ variable, configuration, otherwise }) => [variable, configuration, otherwise]),
    );
    for (const [index, { inPool }] of SETTINGS.entries()) if (inPool) assert.equal(rows[index]?.[3], inPool);
  });

  it('stands in package.json, with nothing given by default', () => {
    const { contributes } = JSON.parse(text('package.json')) as {
      contributes: { configuration: { properties: Record<string, { default: unknown }> } };
    };
    for (const { configuration } of SETTINGS)
      assert.ok(['', null].includes(contributes.configuration.properties[configuration]?.default as never));
  });
});
