/** A face that comes in the moment in which the supervisor goes. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { CONTROL_VERSION } from '../../src/control/api.ts';
import { connect } from '../../src/control/connect.ts';
import { removeLease, writeLease } from '../../src/control/lease.ts';
import { runtimeFolder } from '../../src/control/runtime-folder.ts';
import { VERSION } from '../../src/control/version.ts';
import { identifyProcess } from '../../src/keeper/process-identity.ts';

it('a supervisor that takes the connection and ends before its answer is one that has ended', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nightcrew-test-'));
  const before = process.env['NIGHTCREW_RUNTIME_DIR'];
  process.env['NIGHTCREW_RUNTIME_DIR'] = join(folder, 'r');
  const { controlSocket, leaseFile } = runtimeFolder(folder);
  let taken = 0;
  const server = createServer((socket) => {
    taken++;
    server.close();
    removeLease(leaseFile, 'ending');
    socket.destroy();
  }).listen(controlSocket);
  try {
    await once(server, 'listening');
    const identity = await identifyProcess(process.pid);
    assert.ok(identity);
    writeLease(leaseFile, {
      identity,
      serverId: 'ending',
      token: 'token',
      socket: controlSocket,
      version: VERSION,
      control: CONTROL_VERSION,
    });
    assert.equal(await connect({ workspace: folder, client: 'test', distribution: folder }), undefined);
    assert.equal(taken, 1);
  } finally {
    server.close();
    if (before === undefined) delete process.env['NIGHTCREW_RUNTIME_DIR'];
    else process.env['NIGHTCREW_RUNTIME_DIR'] = before;
    rmSync(folder, { recursive: true, force: true });
  }
});
