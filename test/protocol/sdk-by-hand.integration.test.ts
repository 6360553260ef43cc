import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { sdks } from './sdk-workers.ts';
import { pythonPath } from './worker-peer.ts';

for (const { name, command } of sdks) {
  describe(`a worker of the ${name} SDK that is started by hand`, { timeout: 120_000 }, () => {
    const options = { env: { ...process.env, PYTHONPATH: pythonPath, PYTHONDONTWRITEBYTECODE: '1' } };

    async function runByHand(...more: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
      const [program, ...arguments_] = [...command, ...more];
      return new Promise((resolve) => {
        execFile(program!, arguments_, options, (error, stdout, stderr) => {
          resolve({ code: Number(error?.code ?? 0), stdout, stderr });
        });
      });
    }

    it('says how to run a job', async () => {
      const { code, stderr } = await runByHand();
      assert.equal(code, 2);
      assert.match(stderr, /--job/);
    });

    it('runs one job', async () => {
      const { code, stdout } = await runByHand('--task', 'add', '--job', '{"a": 1, "b": 2}');
      assert.equal(code, 0);
      assert.equal(
        stdout
          .trim()
          .split('\n')
          .at(name === 'Python' ? -2 : -1),
        '3',
      );
    });

    it('shows progress and fails with the exception', async () => {
      const report = await runByHand('--task', 'report', '--job', '{}');
      assert.match(report.stderr, /progress: 25% a quarter/);
      const failed = await runByHand('--task', 'fail', '--job', '{}');
      assert.equal(failed.code, 1);
      assert.match(failed.stderr, /no such site/);
    });
  });
}
