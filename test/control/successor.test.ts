import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { writeLease } from '../../src/control/lease.ts';
import { runtimeFolder } from '../../src/control/runtime-folder.ts';
import { connectAtOnce, connectPatiently } from '../../src/control/successor.ts';
import { writeKeeperRecord } from '../../src/keeper/keeper-record.ts';
import { identifyProcess } from '../../src/keeper/process-identity.ts';
import type { ProcessIdentity } from '../../src/core/worker.ts';

const root = mkdtempSync(join(tmpdir(), 'nightcrew-successor-'));
after(() => rmSync(root, { recursive: true }));
const living = (await identifyProcess(process.pid))!;
const dead: ProcessIdentity = { ...living, startTime: 'long ago' };

interface Place {
  workspace: string;
  environment: NodeJS.ProcessEnv;
  client: string;
  distribution: string;
}

/** What a supervisor that is gone has left there. */
async function placeWith(left: { lease?: boolean; keeper?: ProcessIdentity }): Promise<Place> {
  const workspace = mkdtempSync(join(root, 'study-'));
  mkdirSync(join(workspace, '.nightcrew'));
  const environment = { NIGHTCREW_RUNTIME_DIR: join(root, 'runtime') };
  const { folder, leaseFile, controlSocket: socket } = runtimeFolder(workspace, environment);
  if (left.lease)
    writeLease(leaseFile, { identity: dead, serverId: 's', token: 't', socket, version: '0.1.0' });
  if (left.keeper)
    await writeKeeperRecord(folder, { identity: left.keeper, socket, token: 't', version: 1, workspace });
  return { workspace, environment, client: 'test', distribution: root };
}

describe('a supervisor that is gone', () => {
  it('is waited to be followed while its keeper lives, and not for ever', async () => {
    const place = await placeWith({ lease: true, keeper: living });
    await assert.rejects(
      connectPatiently(place, 100),
      /died, and its keeper has brought back none within 0.1 s/,
    );
    await assert.rejects(connectAtOnce(place), /has died; its keeper brings it back/);
  });

  for (const [why, left] of [
    ['it ended in good order', { keeper: living }],
    ['its keeper is gone, too', { lease: true, keeper: dead }],
    ['it never had one', { lease: true }],
  ] as const) {
    it(`is not waited for when ${why}`, async () => {
      const place = await placeWith(left);
      assert.equal(await connectPatiently(place, 60_000), undefined);
      assert.equal(await connectAtOnce(place), undefined);
    });
  }
});
