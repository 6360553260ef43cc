'use strict';

const { Readable } = require('stream');

/**
 * Keeps the script away from the protocol's streams: what it prints goes to stderr, which is the log, and its
 * stdin is empty. Node.js cannot move a file descriptor, so a child process that inherits stdout, and native code,
 * still print between two frames; the supervisor sorts that out and puts it into the log.
 */
function protectStandardStreams() {
  process.stdout.write = process.stderr.write.bind(process.stderr);
  const nothing = new Readable({ read() {} });
  nothing.push(null);
  Object.defineProperty(process, 'stdin', { configurable: true, get: () => nothing });
}

module.exports = { protectStandardStreams };
