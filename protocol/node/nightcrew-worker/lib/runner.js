'use strict';

const { ErrorCode, JobCancelled, JobFailed, ParametersInvalid } = require('./errors.js');
const { Job, cancellationOf } = require('./job.js');
const { FAILURE_MESSAGE, LARGEST_RESULT, requireSize, TRACEBACK } = require('./limits.js');
const { Field, Slot } = require('./shared-state.js');

/** Runs jobs in the main thread, one at a time, in the order in which they came. */
class Runner {
  #state;
  #tasks;
  #writeFrame;
  #afterShutdown;
  /** Slot and text by turns. */
  #queue = [];
  #head = 0;
  #running;
  #runningSlot = -1;

  /** @param afterShutdown Called when a job has ended and `shutdown` waits for that. */
  constructor({ state, tasks, writeFrame, afterShutdown }) {
    this.#state = state;
    this.#tasks = tasks;
    this.#writeFrame = writeFrame;
    this.#afterShutdown = afterShutdown;
  }

  /** Takes jobs, slot and text by turns. */
  enqueue(jobs) {
    for (const entry of jobs) this.#queue.push(entry);
    this.#work();
  }

  cancelled(slot) {
    if (slot === this.#runningSlot) Job.abort(this.#running);
  }

  #work() {
    while (this.#runningSlot === -1 && this.#head < this.#queue.length) {
      const slot = this.#queue[this.#head++];
      const text = this.#queue[this.#head++];
      if (this.#head === this.#queue.length) {
        this.#queue = [];
        this.#head = 0;
      }
      this.#begin(slot, text);
    }
  }

  #begin(slot, text) {
    const state = this.#state;
    // First, so that `shutdown` cannot find nothing running between the two.
    Atomics.store(state, Field.running, slot);
    const before = Atomics.compareExchange(state, Field.firstSlot + slot, Slot.waiting, Slot.running);
    this.#runningSlot = slot;
    if (before !== Slot.waiting) {
      this.#free(slot);
      return;
    }
    const { id, params } = JSON.parse(text);
    const task = this.#tasks.get(params.task);
    if (task === undefined) {
      const data = { tasks: [...this.#tasks.keys()] };
      this.#refuse(id, ErrorCode.taskUnknown, `there is no task ${params.task}`, data);
      this.#free(slot);
      return;
    }
    const job = new Job(params, this.#writeFrame, cancellationOf(state, slot));
    this.#running = job;
    let value;
    try {
      value = task.handler(job, params.parameters);
    } catch (error) {
      this.#fail(id, job, error);
      this.#free(slot);
      return;
    }
    if (value === null || typeof value !== 'object' || typeof value.then !== 'function') {
      this.#succeed(id, job, value);
      this.#free(slot);
      return;
    }
    Promise.resolve(value)
      .then(
        (result) => this.#succeed(id, job, result),
        (error) => this.#fail(id, job, error),
      )
      .then(() => {
        this.#free(slot);
        this.#work();
      });
  }

  #free(slot) {
    this.#running = undefined;
    this.#runningSlot = -1;
    Atomics.store(this.#state, Field.firstSlot + slot, Slot.free);
    Atomics.store(this.#state, Field.running, -1);
    if (Atomics.load(this.#state, Field.shutdownWaits) === 1) this.#afterShutdown();
  }

  #succeed(id, job, value) {
    let result;
    try {
      result = JSON.stringify(value);
    } catch (error) {
      this.#fail(id, job, new TypeError(`JSON cannot hold the result: ${error.message}`));
      return;
    }
    // What JSON has no word for, such as undefined.
    if (result === undefined) result = 'null';
    try {
      requireSize(result, LARGEST_RESULT, 'the result', 'write the data to a file and return its path');
    } catch (error) {
      this.#fail(id, job, error);
      return;
    }
    this.#writeFrame(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"result":${result}}}`);
  }

  #fail(id, job, error) {
    const cancelled = error instanceof JobCancelled || error?.name === 'AbortError';
    if (cancelled && job.cancelled) {
      this.#refuse(id, ErrorCode.jobCancelled, 'the job was cancelled');
    } else if (error instanceof ParametersInvalid) {
      const { missing, unexpected } = error;
      this.#refuse(id, ErrorCode.parametersInvalid, error.message, { missing, unexpected });
    } else {
      const data = failureOf(error);
      this.#refuse(id, ErrorCode.jobFailed, data.message ? `${data.type}: ${data.message}` : data.type, data);
    }
  }

  #refuse(id, code, message, data) {
    this.#writeFrame(JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, data } }));
  }
}

function failureOf(error) {
  if (error instanceof JobFailed)
    return failure(error.type, error.message, String(error.traceback).slice(-TRACEBACK));
  if (error instanceof Error) return failure(error.name, error.message, error.stack ?? '');
  return failure(typeof error, String(error), '');
}

function failure(type, message, traceback) {
  return {
    type,
    message: String(message).slice(0, FAILURE_MESSAGE),
    traceback: String(traceback).slice(0, TRACEBACK),
  };
}

module.exports = { Runner };
