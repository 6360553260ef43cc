'use strict';

/**
 * Turns a Node.js script into a Nightcrew worker. No dependencies, Node.js 18 and later; see index.d.ts.
 */
const { JobCancelled, JobFailed, ParametersInvalid } = require('./lib/errors.js');
const { worker } = require('./lib/identity.js');
const { run } = require('./lib/start.js');
const { task } = require('./lib/tasks.js');

module.exports = { task, run, worker, JobCancelled, JobFailed, ParametersInvalid };
