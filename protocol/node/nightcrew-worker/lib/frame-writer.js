'use strict';

/**
 * Returns a function that writes one message to stdout, whole and at once, from whichever thread: stdout is
 * written to by two, and neither may cut into the other's frame. Its source text runs in the attendant as well,
 * so it uses nothing but its arguments.
 */
function createFrameWriter(require, state, lockField) {
  const { writeSync } = require('fs');
  const STDOUT = 1;

  function writeAll(frame) {
    let offset = 0;
    while (offset < frame.length) {
      try {
        offset += writeSync(STDOUT, frame, offset);
      } catch (error) {
        if (error.code !== 'EAGAIN') throw error;
        // The pipe is full and does not block: let the supervisor read for a millisecond.
        Atomics.wait(state, lockField, 1, 1);
      }
    }
  }

  return function writeFrame(body) {
    const frame = Buffer.from(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    while (Atomics.compareExchange(state, lockField, 0, 1) !== 0) Atomics.wait(state, lockField, 1);
    try {
      writeAll(frame);
    } catch (error) {
      // Nobody will ever read what this process computes.
      if (error.code === 'EPIPE') process.kill(process.pid, 'SIGKILL');
      throw error;
    } finally {
      Atomics.store(state, lockField, 0);
      Atomics.notify(state, lockField, 1);
    }
  };
}

module.exports = { createFrameWriter };
