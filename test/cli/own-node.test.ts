import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { continueIn, ownNode } from '../../src/cli/own-node.ts';

test('a checkout has a Node of its own, an installed package has none', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'nightcrew-own-node-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const distribution = join(folder, 'dist');
  assert.equal(ownNode(distribution), undefined);
  const program = join(folder, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
  mkdirSync(dirname(program), { recursive: true });
  writeFileSync(program, '');
  assert.equal(ownNode(distribution), program);
});

test('the command that goes on in another Node ends as that ends', async () => {
  assert.equal(await continueIn(process.execPath, ['-e', 'process.exit(7)']), 7);
  if (process.platform === 'win32') return;
  assert.equal(await continueIn(process.execPath, ['-e', 'process.kill(process.pid, "SIGKILL")']), 137);
});
