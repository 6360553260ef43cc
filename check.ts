/**
 * Everything that is looked at without running the product, as many at once as there are processors: `npm run check`. Says what
 * each that failed has said; one failure keeps none of the others from being told.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** The longest first, so that none is left alone at the end. */
const checks = [
  'eslint',
  'prettier --check .',
  'tsc -p .',
  'tsc -p webview',
  'node protocol/generate.ts --check',
  'node src/http/documents.ts --check',
];

function run(command: string): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    // npm puts the commands on the PATH; on Windows they are scripts of the shell.
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output }));
  });
}

async function lane(): Promise<void> {
  for (let command = checks.shift(); command !== undefined; command = checks.shift()) {
    const begin = performance.now();
    const { status, output } = await run(command);
    console.log(
      `${status === 0 ? '✔' : '✖'} ${command} (${((performance.now() - begin) / 1000).toFixed(1)} s)`,
    );
    if (status === 0) continue;
    console.log(output);
    process.exitCode = 1;
  }
}

await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, lane));
