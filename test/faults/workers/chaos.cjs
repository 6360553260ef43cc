/** The Node worker of the long test. Each attempt says in the ledger when it begins and when it is complete. */
const { spawn } = require('node:child_process');
const { openSync, writeSync } = require('node:fs');
const { createServer } = require('node:net');
const { join } = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');
const { task, run } = require('nightcrew-worker');

const ledger = openSync(join(process.env.CHAOS_FOLDER, 'ledger'), 'a', 0o600);

/** One `write` to a file opened for appending: whole or not there, whoever writes beside it. */
function note(what, job, ...more) {
  const words = [what, job.id, job.attempt, process.pid, process.pid, Date.now(), ...more];
  writeSync(ledger, `${words.join(' ')}\n`);
}

/** Node has no `flock`; a name that only one process can listen on goes with its process as surely. */
async function lock(job) {
  const server = createServer();
  await new Promise((resolve) => {
    server.once('error', () => {
      note('overlap', job);
      resolve();
    });
    server.listen(`\0${process.env.CHAOS_RUN}-${job.id}`, resolve);
  });
  return () => new Promise((resolve) => server.close(resolve));
}

async function misbehave(job, kind) {
  const first = job.attempt === 1;
  if (kind === 'children') {
    spawn('sleep', ['300'], { stdio: 'ignore' });
    spawn('sh', ['-c', "trap '' TERM; setsid sleep 300 & sleep 300"], { stdio: 'ignore', detached: true });
  } else if (kind === 'garbage') {
    // Behind the SDK's back, into the stream of messages.
    writeSync(1, 'Content-Length: 12\r\n\r\nno frame at all\n\0\0');
    writeSync(1, Buffer.alloc(700, 0xff));
  } else if (kind === 'flood') {
    for (let step = 0; step < 3_000; step++) job.progress(step / 3_000, 'x'.repeat(200));
  } else if (kind === 'crash-once' && first) {
    process.kill(process.pid, 'SIGSEGV');
    await delay(3_600_000);
  } else if (kind === 'crash-always') {
    process.exit(3);
  } else if (kind === 'fail') {
    throw new Error('no convergence');
  } else if (kind === 'hang-once' && first) {
    await delay(3_600_000, undefined, { signal: job.signal });
  } else if (kind === 'stubborn-once' && first) {
    await delay(3_600_000);
  } else if (kind === 'freeze-once' && first) {
    process.kill(process.pid, 'SIGSTOP');
  }
}

async function compute(job, kind, seconds) {
  if (kind !== 'checkpoint') return delay(seconds * 1000);
  for (let step = (job.checkpoint ?? 0) + 1; step < 6; step++) {
    await delay(seconds * 200);
    note('saved', job, step);
    job.saveCheckpoint(step);
  }
}

task('run', async (job, { kind, ticket, seconds, n = 0 }) => {
  const unlock = await lock(job);
  try {
    note('begin', job, JSON.stringify(job.checkpoint ?? null));
    await misbehave(job, kind);
    await compute(job, kind, seconds);
    note('end', job);
    const padding = kind === 'big' ? 'x'.repeat(400_000) : '';
    return { ticket, n, attempt: job.attempt, pid: process.pid, padding };
  } finally {
    await unlock();
  }
});

run();
