/**
 * Programs that know nothing of Nightcrew judge the published document and, by it, the service: one validates the document, the
 * other sends what the schemas allow and what they do not, and holds every answer against them.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { TemporaryCrew } from '../supervisor/temporary-crew.ts';
import { HttpService } from './http-service.ts';
import { pythonTools } from './python-tools.ts';

// Two, so that a worker is started only by a request that names one.
const CREW = `pools:
  simulate: { command: python3 tasks.py, workers: 1 }
  tag: { command: python3 tasks.py, workers: 1 }
`;
/**
 * All but `positive_data_acceptance`: a pool that does not exist or a range that is none is well-formed, and refused. The
 * stream of events has no end and is tried elsewhere.
 */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'ignored_auth',
  'unsupported_method',
];
/**
 * Of each operation, beside every case that the schemas name. A number and a seed, not a time, so that every machine tries the
 * same. Sequences of operations are not tried: the answers name nothing that the next request would take.
 */
const EXAMPLES = 20;
const SEED = process.env['NIGHTCREW_FUZZ_SEED'] ?? '1';
const document = new URL('../../docs/openapi.json', import.meta.url).pathname;

function toolsOf(test: TestContext): NodeJS.ProcessEnv | undefined {
  const tools = pythonTools();
  if ('environment' in tools) return tools.environment;
  if (process.env['NIGHTCREW_REQUIRE_TOOLS']) assert.fail(tools.missing);
  test.skip(tools.missing);
  return undefined;
}

describe('docs/openapi.json', () => {
  it('is a valid OpenAPI document', (test) => {
    const environment = toolsOf(test);
    if (!environment) return;
    const { status, stdout, stderr } = spawnSync('python3', ['-m', 'openapi_spec_validator', document], {
      env: environment,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stdout + stderr);
  });

  it('is what the service does, whatever is sent', async (test) => {
    const environment = toolsOf(test);
    if (!environment) return;
    await using crew = TemporaryCrew.make(CREW);
    await using service = await HttpService.start(crew, { startSupervisor: true });
    const folder = mkdtempSync(join(tmpdir(), 'nightcrew-fuzzer-'));
    try {
      const { status, output } = await run(
        [
          ...[
            '-c',
            'from schemathesis.cli import schemathesis; schemathesis()',
            '--config-file',
            join(import.meta.dirname, 'schemathesis.toml'),
          ],
          ...['run', document, '--url', service.url, '--checks', CHECKS.join(',')],
          ...['--phases', 'coverage,fuzzing', '--max-examples', String(EXAMPLES), '--seed', SEED],
          ...['--exclude-operation-id', 'followEvents', '--generation-database', 'none', '--no-color'],
          ...['--request-timeout', '20', '--suppress-health-check', 'all', '--warnings', 'off'],
        ],
        { ...environment, NIGHTCREW_TEST_TOKEN: service.token },
        folder,
      );
      assert.equal(status, 0, output);
      test.diagnostic(output.split('\n').slice(-12).join('\n'));
      assert.equal((await service.get('/health')).status, 200);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

function run(
  words: string[],
  environment: NodeJS.ProcessEnv,
  cwd: string,
): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('python3', words, { env: environment, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output }));
  });
}
