'use strict';

/**
 * What the main thread and the attendant both see, one Int32Array over shared memory: the lock of the output, and
 * a ring of slots, one for each job that is in the worker. The attendant takes a free slot for every job that
 * arrives; the main thread begins and frees it. All changes are atomic, so a cancellation and the beginning of a
 * job cannot both win.
 */
const Field = {
  /** 0 free, 1 taken: by the thread that writes a frame. */
  outputLock: 0,
  /** Slot of the job that is computed, or -1. */
  running: 1,
  /** 1 when `shutdown` waits for the running job to end. */
  shutdownWaits: 2,
  firstSlot: 3,
};

const Slot = {
  free: 0,
  waiting: 1,
  running: 2,
  runningCancelled: 3,
  /** Answered without having begun; the main thread frees it when it comes to it. */
  answered: 4,
};

/** Far more than any supervisor sends ahead. */
const SLOTS = 4096;

function createSharedState() {
  const state = new Int32Array(new SharedArrayBuffer((Field.firstSlot + SLOTS) * 4));
  state[Field.running] = -1;
  return state;
}

module.exports = { Field, Slot, SLOTS, createSharedState };
