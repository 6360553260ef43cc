'use strict';

/** How large things may be on the wire; `x-limits` of the protocol's schema. */
const Limit = {
  frame: 67108864,
  checkpoint: 33554432,
  progressMessage: 1000,
};

/** Bytes; what stands around a result in its message is less. */
const ENVELOPE = 1024;
/** Bytes of a result as JSON. */
const LARGEST_RESULT = Limit.frame - ENVELOPE;

/** Characters of what a failed job says. Its beginning tells what happened, a stack's beginning where. */
const FAILURE_MESSAGE = 10_000;
const TRACEBACK = 100_000;

class TooLarge extends RangeError {
  constructor(message) {
    super(message);
    this.name = 'TooLarge';
  }
}

/** Throws when `json`, which is `what`, is above the limit; `step` says what to do instead. */
function requireSize(json, limit, what, step) {
  // A character has at least one byte, and at most three.
  if (json.length * 3 <= limit) return;
  const bytes = Buffer.byteLength(json);
  if (bytes <= limit) return;
  const [has, most] = [bytes, limit].map((count) => count.toLocaleString('en'));
  throw new TooLarge(`${what} has ${has} bytes as JSON; at most ${most} can be sent: ${step}`);
}

module.exports = { FAILURE_MESSAGE, LARGEST_RESULT, Limit, requireSize, TRACEBACK };
