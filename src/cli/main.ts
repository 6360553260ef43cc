/** The `nightcrew` command. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { oldNodeProblem } from './node-version.ts';
import { continueIn, ownNode } from './own-node.ts';
import { processHost } from './process-host.ts';
import { ExitCode } from './exit-code.ts';
import { runCommandLine } from './program.ts';
import { printProblem } from './report-error.ts';

// `nightcrew jobs | head`: the reader has seen enough, and so have we.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || error.code === 'EIO') process.exit();
    throw error;
  });
}

const host = processHost();
const problem = oldNodeProblem(process.versions.node);
const newerNode = problem && ownNode(dirname(fileURLToPath(import.meta.url)));
if (newerNode) {
  process.exitCode = await continueIn(newerNode, process.argv.slice(1));
} else if (problem) {
  printProblem(host.terminal, problem);
  process.exitCode = ExitCode.noSupervisor;
} else {
  process.exitCode = await runCommandLine(process.argv.slice(2), host);
}
