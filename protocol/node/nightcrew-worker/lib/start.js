'use strict';

const { hostname } = require('node:os');
const { basename } = require('path');
const { isMainThread, Worker } = require('worker_threads');
const { attend } = require('./attendant.js');
const { runByHand } = require('./by-hand.js');
const { ErrorCode } = require('./errors.js');
const { createFrameWriter } = require('./frame-writer.js');
const { PROTOCOL_VERSION, SDK_VERSION, worker } = require('./identity.js');
const { Runner } = require('./runner.js');
const { createSharedState, Field, Slot, SLOTS } = require('./shared-state.js');
const { protectStandardStreams } = require('./standard-streams.js');
const { registered } = require('./tasks.js');

function run({ prefetch = 32, name = basename(process.argv[1] ?? 'node') } = {}) {
  // A pool of threads that loads the script again wants its functions, not a second worker.
  if (!isMainThread) return;
  // Out of the environment, so that no child can pass for this worker.
  const token = process.env.NIGHTCREW_TOKEN;
  delete process.env.NIGHTCREW_TOKEN;
  if (token === undefined) {
    void runByHand(registered, process.argv);
    return;
  }
  if (registered.size === 0)
    throw new Error("nightcrew: there is no task; call task('name', handler) before run()");
  // Ctrl-C in a terminal reaches everything in it; whether a worker ends is the supervisor's decision.
  process.on('SIGINT', () => {});
  protectStandardStreams();
  work({
    protocolVersion: PROTOCOL_VERSION,
    token,
    worker: {
      name,
      language: 'javascript',
      version: process.versions.node,
      sdk: `nightcrew-node ${SDK_VERSION}`,
      host: hostname(),
    },
    tasks: [...registered.values()].map(({ name, description }) => ({ name, description })),
    capabilities: { prefetch, cancel: true, progress: true, checkpoint: true },
  });
}

function work(initialize) {
  const state = createSharedState();
  const attendant = new Worker(
    `(${attend})(
      require,
      require('worker_threads').workerData,
      (${createFrameWriter})(require, require('worker_threads').workerData.state, ${Field.outputLock}),
    )`,
    { eval: true, workerData: { state, Field, Slot, SLOTS, ErrorCode, initialize }, execArgv: [] },
  );
  const runner = new Runner({
    state,
    tasks: registered,
    writeFrame: createFrameWriter(require, state, Field.outputLock),
    afterShutdown: () => attendant.postMessage('job ended'),
  });
  attendant.on('message', (message) => {
    if (message.jobs !== undefined) runner.enqueue(message.jobs);
    else if (message.cancelled !== undefined) runner.cancelled(message.cancelled);
    else if (message.registered !== undefined) accept(message.registered);
    else if (message.end !== undefined) process.exit(message.end);
  });
  // Without its attendant the worker would be deaf.
  attendant.on('error', (error) => {
    console.error(error);
    process.exit(1);
  });
}

function accept({ error, result }) {
  if (error !== undefined) {
    console.error(`nightcrew: the supervisor refused this worker: ${error.message}`);
    process.exit(1);
  }
  worker.id = result.workerId;
  worker.pool = result.pool;
  worker.launch = result.launch;
  worker.labels = result.labels;
}

module.exports = { run };
