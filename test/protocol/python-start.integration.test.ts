import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';
import { pythonPath } from './worker-peer.ts';

function python(...programArguments: string[]): string {
  const env = { ...process.env, PYTHONPATH: pythonPath, PYTHONDONTWRITEBYTECODE: '1' };
  return execFileSync('python3', programArguments, { env, encoding: 'utf8' }).trim();
}

describe('the start of a Python worker', { timeout: 60_000 }, () => {
  it('loads nothing that is slow and that a worker rarely needs', () => {
    const slow = ['argparse', 'asyncio', 'inspect', 'logging', 'platform', 'traceback', 'typing'];
    const program = `
import nightcrew, sys

@nightcrew.task
def simulate(job, beta=0.2): "Simulates."

print(sorted(set(${JSON.stringify(slow)}) & set(sys.modules)))`;
    // Without `site`, which may load anything that is installed.
    assert.equal(python('-S', '-c', program), '[]');
  });

  it('finds the same parameters in the code of a handler as `inspect` does', () => {
    assert.equal(python(fileURLToPath(new URL('fixtures/describe_tasks.py', import.meta.url))), '[]');
  });

  it('names a task by its function, or as it is told', () => {
    const program = `
import nightcrew
from nightcrew.tasks import registered

@nightcrew.task
def plain(job): ...

@nightcrew.task()
def called(job): ...

@nightcrew.task("first")
def by_position(job): ...

@nightcrew.task(name="second")
def by_keyword(job): ...

print(*registered)`;
    assert.equal(python('-c', program), 'plain called first second');
  });
});
