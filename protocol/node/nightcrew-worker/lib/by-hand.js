'use strict';

const { basename } = require('path');
const { parseArgs } = require('util');
const { Job } = require('./job.js');

/** Runs the job of the command line in this terminal, without a supervisor, or says how to write one. */
async function runByHand(tasks, argv) {
  const program = basename(argv[1] ?? 'worker.js');
  const { values } = parseArgs({
    args: argv.slice(2),
    options: { job: { type: 'string' }, task: { type: 'string' } },
    strict: false,
  });
  const names = [...tasks.keys()];
  if (typeof values.job !== 'string') {
    usage(
      'A Nightcrew worker. The supervisor starts it; by hand it runs a single job:',
      `  node ${program} --job '{"name": "value"}'${names.length > 1 ? ` --task ${names[0]}` : ''}`,
      `Tasks: ${names.join(', ') || 'none'}.`,
    );
    return;
  }
  const task = tasks.get(values.task ?? (names.length === 1 ? names[0] : ''));
  if (task === undefined) {
    usage(`Choose a task with --task: ${names.join(', ')}`);
    return;
  }
  let parameters;
  try {
    parameters = JSON.parse(values.job);
  } catch (error) {
    usage(`--job is not JSON: ${error.message}`);
    return;
  }
  const job = new Job({ jobId: 1, attempt: 1, task: task.name, parameters }, show, () => false);
  try {
    const result = await task.handler(job, parameters);
    process.stdout.write(`${JSON.stringify(result) ?? 'null'}\n`);
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
}

function usage(...lines) {
  console.error(lines.join('\n'));
  process.exitCode = 2;
}

/** Progress and checkpoints for people, on stderr, so that stdout holds the result alone. */
function show(body) {
  const { method, params } = JSON.parse(body);
  if (method === 'job/checkpoint') {
    console.error(`checkpoint: ${JSON.stringify(params.checkpoint)}`);
    return;
  }
  const percent = params.fraction === undefined ? '' : `${Math.round(params.fraction * 100)}%`;
  console.error(['progress:', percent, params.message].filter(Boolean).join(' '));
}

module.exports = { runByHand };
