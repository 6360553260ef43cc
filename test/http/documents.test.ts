import assert from 'node:assert/strict';
import { it } from 'node:test';
import { staleDocuments } from '../../src/http/documents.ts';

it('the OpenAPI document and the reference say what the routes say', async () => {
  assert.deepEqual(await staleDocuments(), [], 'run node src/http/documents.ts');
});
