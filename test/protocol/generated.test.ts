import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { staleFiles } from '../../protocol/generate.ts';
import { ErrorCode, Limit, PROTOCOL_VERSION } from '../../src/protocol/generated/messages.ts';

const sdk = new URL('../../protocol/', import.meta.url);

async function read(path: string): Promise<string> {
  return readFile(new URL(path, sdk), 'utf8');
}

describe('what follows from the schema', () => {
  it('is generated', async () => {
    assert.deepEqual(await staleFiles(), []);
  });

  it('is what the Python SDK says', async () => {
    const codes = [...(await read('python/nightcrew/errors.py')).matchAll(/^([A-Z_]+) = (-?\d+)$/gm)];
    assert.ok(codes.length > 0);
    for (const [, name, code] of codes) {
      const camelCase = name!.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
      assert.equal(ErrorCode[camelCase as keyof typeof ErrorCode], Number(code), name);
    }
    assert.match(
      await read('python/nightcrew/identity.py'),
      new RegExp(`^PROTOCOL_VERSION = ${PROTOCOL_VERSION}$`, 'm'),
    );
  });

  it('is what both SDKs take for their limits', async () => {
    const python = await read('python/nightcrew/limits.py');
    for (const [name, limit] of [
      ['FRAME', Limit.frame],
      ['CHECKPOINT', Limit.checkpoint],
      ['PROGRESS_MESSAGE', Limit.progressMessage],
    ] as const)
      assert.match(python, new RegExp(`^${name} = ${limit}$`, 'm'));
    const { frame, checkpoint, progressMessage } = Limit;
    const node = await read('node/nightcrew-worker/lib/limits.js');
    for (const [name, limit] of Object.entries({ frame, checkpoint, progressMessage }))
      assert.match(node, new RegExp(`^ {2}${name}: ${limit},$`, 'm'));
  });

  it('is what the Node.js SDK says', async () => {
    const codes = [
      ...(await read('node/nightcrew-worker/lib/errors.js')).matchAll(/^ {2}(\w+): (-?\d+),$/gm),
    ];
    assert.ok(codes.length > 0);
    for (const [, name, code] of codes) {
      assert.equal(ErrorCode[name as keyof typeof ErrorCode], Number(code), name);
    }
    assert.match(
      await read('node/nightcrew-worker/lib/identity.js'),
      new RegExp(`PROTOCOL_VERSION = ${PROTOCOL_VERSION};`),
    );
  });
});
