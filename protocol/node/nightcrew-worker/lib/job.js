'use strict';

const { JobCancelled } = require('./errors.js');
const { Limit, requireSize } = require('./limits.js');
const { Field, Slot } = require('./shared-state.js');

/** One attempt of a job, as a handler sees it. */
class Job {
  #writeFrame;
  #isCancelled;
  #controller;

  /** @param isCancelled Asked whenever it matters: shared memory tells it even while the handler blocks. */
  constructor(params, writeFrame, isCancelled) {
    this.id = params.jobId;
    this.attempt = params.attempt;
    this.task = params.task;
    this.parameters = params.parameters;
    this.deadline = params.deadline;
    this.checkpoint = params.checkpoint;
    this.#writeFrame = writeFrame;
    this.#isCancelled = isCancelled;
  }

  get cancelled() {
    return this.#isCancelled();
  }

  get signal() {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.cancelled) this.#controller.abort(new JobCancelled());
    }
    return this.#controller.signal;
  }

  progress(fraction, message) {
    const params = { jobId: this.id, attempt: this.attempt };
    // Rounding errors of a loop are no reason to fail; `not a number` is unknown progress.
    if (fraction !== undefined && !Number.isNaN(fraction))
      params.fraction = Math.min(1, Math.max(0, fraction));
    if (message !== undefined) params.message = String(message).slice(0, Limit.progressMessage);
    this.#writeFrame(JSON.stringify({ jsonrpc: '2.0', method: '$/progress', params }));
  }

  saveCheckpoint(data) {
    const checkpoint = data === undefined ? null : data;
    const params = { jobId: this.id, attempt: this.attempt, checkpoint };
    const body = JSON.stringify({ jsonrpc: '2.0', method: 'job/checkpoint', params });
    requireSize(body, Limit.checkpoint, 'the checkpoint', 'write the state to a file and save its path');
    this.#writeFrame(body);
    this.checkpoint = checkpoint;
  }

  throwIfCancelled() {
    if (this.cancelled) throw new JobCancelled();
  }

  /** The runner's: tells those who listen to the signal. */
  static abort(job) {
    if (job.#controller !== undefined) job.#controller.abort(new JobCancelled());
  }
}

/** Whether the job in this slot is cancelled, as a function for `Job`. */
function cancellationOf(state, slot) {
  return () => Atomics.load(state, Field.firstSlot + slot) === Slot.runningCancelled;
}

module.exports = { Job, cancellationOf };
