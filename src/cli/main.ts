/** The `nightcrew` command. */
import { processHost } from './process-host.ts';
import { runCommandLine } from './program.ts';

// `nightcrew jobs | head`: the reader has seen enough, and so have we.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || error.code === 'EIO') process.exit();
    throw error;
  });
}

process.exitCode = await runCommandLine(process.argv.slice(2), processHost());
