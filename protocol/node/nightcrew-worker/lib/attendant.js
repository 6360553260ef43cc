'use strict';

/**
 * The attendant: the thread that listens while the main thread computes. It reads stdin, registers the worker,
 * answers pings, cancels jobs that wait, sends heartbeats and ends the process when the supervisor is gone; all
 * of that works while a handler blocks the main thread. Jobs go to the main thread, all of one chunk in one message.
 *
 * The thread is started from this function's source text, because a bundle has no file to start it from. So it
 * uses nothing but its arguments.
 */
function attend(require, data, writeFrame) {
  const { parentPort } = require('worker_threads');
  const { state, Field, Slot, SLOTS, ErrorCode, initialize } = data;
  const INITIALIZE_ID = 'initialize';
  /** Milliseconds the main thread gets to run its `exit` listeners before the process is killed. */
  const EXIT_GRACE = 250;

  /** What the attendant knows of the job in each slot: { requestId, jobId, attempt }. */
  const records = new Array(SLOTS);
  let nextSlot = 0;
  let draining = false;
  let shutdownId;
  let received = Buffer.alloc(0);
  /** Slot and text by turns, for the main thread. */
  let jobs = [];

  function answer(id, result) {
    writeFrame(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${JSON.stringify(result)}}`);
  }

  function refuse(id, code, message) {
    writeFrame(JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } }));
  }

  function receive(chunk) {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    let start = 0;
    for (;;) {
      const headerEnd = received.indexOf('\r\n\r\n', start, 'latin1');
      if (headerEnd === -1) break;
      const header = /content-length:\s*(\d+)/i.exec(received.toString('latin1', start, headerEnd));
      if (header === null) throw new Error('the supervisor sent a header without Content-Length');
      const end = headerEnd + 4 + Number(header[1]);
      if (end > received.length) break;
      handle(received.toString('utf8', headerEnd + 4, end));
      start = end;
    }
    received = received.subarray(start);
    if (jobs.length > 0) {
      parentPort.postMessage({ jobs });
      jobs = [];
    }
  }

  function handle(text) {
    const message = JSON.parse(text);
    switch (message.method) {
      case 'job/run':
        acceptJob(message, text);
        break;
      case 'worker/ping':
        answer(message.id, {});
        break;
      case '$/cancelRequest':
        cancel(message.params.id);
        break;
      case 'worker/drain':
        draining = true;
        break;
      case 'shutdown':
        shutDown(message.id);
        break;
      case 'exit':
        end(shutdownId === undefined ? 1 : 0);
        break;
      case undefined:
        if (message.id === INITIALIZE_ID) registered(message);
        break;
      default:
        if (message.id !== undefined)
          refuse(message.id, ErrorCode.methodNotFound, `there is no method ${message.method}`);
    }
  }

  function registered({ error, result }) {
    parentPort.postMessage({ registered: { error, result } });
    if (error !== undefined) return;
    setInterval(beat, result.heartbeatInterval * 1000);
    writeFrame('{"jsonrpc":"2.0","method":"initialized","params":{}}');
  }

  function acceptJob({ id, params }, text) {
    if (draining) {
      refuse(id, ErrorCode.draining, 'the worker is draining');
      return;
    }
    const slot = nextSlot;
    if (Atomics.load(state, Field.firstSlot + slot) !== Slot.free) {
      refuse(id, ErrorCode.internalError, `more than ${SLOTS} jobs wait in the worker`);
      return;
    }
    nextSlot = (nextSlot + 1) % SLOTS;
    records[slot] = { requestId: id, jobId: params.jobId, attempt: params.attempt };
    Atomics.store(state, Field.firstSlot + slot, Slot.waiting);
    jobs.push(slot, text);
  }

  /** Takes a job that waits away from the main thread; false when it has begun or ended. */
  function takeBack(slot) {
    return (
      Atomics.compareExchange(state, Field.firstSlot + slot, Slot.waiting, Slot.answered) === Slot.waiting
    );
  }

  function cancel(requestId) {
    for (let slot = 0; slot < SLOTS; slot++) {
      if (records[slot] === undefined || records[slot].requestId !== requestId) continue;
      if (takeBack(slot)) {
        refuse(requestId, ErrorCode.jobCancelled, 'the job was cancelled before it began');
      } else if (
        Atomics.compareExchange(state, Field.firstSlot + slot, Slot.running, Slot.runningCancelled) ===
        Slot.running
      ) {
        parentPort.postMessage({ cancelled: slot });
      }
    }
  }

  function shutDown(id) {
    draining = true;
    shutdownId = id;
    for (let distance = 0; distance < SLOTS; distance++) {
      const slot = (nextSlot + distance) % SLOTS;
      if (takeBack(slot))
        refuse(records[slot].requestId, ErrorCode.draining, 'the worker ends before the job began');
    }
    // The main thread frees a slot and then looks at this field, so one of both sees the other.
    Atomics.store(state, Field.shutdownWaits, 1);
    if (Atomics.load(state, Field.running) === -1) answerShutdown();
  }

  function answerShutdown() {
    if (Atomics.exchange(state, Field.shutdownWaits, 0) === 1) answer(shutdownId, null);
  }

  let used = process.cpuUsage();
  let usedAt = process.hrtime.bigint();

  /** Of all threads, in percent of one core, since the last look. */
  function cpu() {
    const { user, system } = process.cpuUsage(used);
    const now = process.hrtime.bigint();
    const passed = Number(now - usedAt) / 1000;
    used = process.cpuUsage();
    usedAt = now;
    return Math.round((1000 * (user + system)) / Math.max(passed, 1)) / 10;
  }

  function beat() {
    const params = { memory: process.memoryUsage.rss(), cpu: cpu() };
    const slot = Atomics.load(state, Field.running);
    if (slot !== -1) {
      params.jobId = records[slot].jobId;
      params.attempt = records[slot].attempt;
    }
    writeFrame(JSON.stringify({ jsonrpc: '2.0', method: 'worker/heartbeat', params }));
  }

  function end(code) {
    parentPort.postMessage({ end: code });
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), EXIT_GRACE);
  }

  function openInput() {
    try {
      return new (require('net').Socket)({ fd: 0, readable: true, writable: false });
    } catch {
      // Neither a pipe nor a socket: a file, in tests of a worker by hand.
      return require('fs').createReadStream('', { fd: 0 });
    }
  }

  parentPort.on('message', answerShutdown);
  const input = openInput();
  input.on('data', receive);
  input.on('end', () => end(0));
  input.on('error', () => end(0));
  writeFrame(JSON.stringify({ jsonrpc: '2.0', id: INITIALIZE_ID, method: 'initialize', params: initialize }));
}

module.exports = { attend };
