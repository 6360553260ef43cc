'use strict';

/** Error codes of the protocol that a worker answers with. */
const ErrorCode = {
  methodNotFound: -32601,
  internalError: -32603,
  taskUnknown: 2001,
  jobFailed: 2002,
  jobCancelled: 2003,
  parametersInvalid: 2004,
  draining: 2005,
};

class JobCancelled extends Error {
  constructor(message = 'the job was cancelled') {
    super(message);
    this.name = 'JobCancelled';
  }
}

class JobFailed extends Error {
  constructor(type, message, traceback = '') {
    super(message);
    this.name = 'JobFailed';
    this.type = type;
    this.traceback = traceback;
  }
}

class ParametersInvalid extends Error {
  constructor(message, { missing = [], unexpected = [] } = {}) {
    super(message);
    this.name = 'ParametersInvalid';
    this.missing = missing;
    this.unexpected = unexpected;
  }
}

module.exports = { ErrorCode, JobCancelled, JobFailed, ParametersInvalid };
