'use strict';

/** What this process is to the supervisor; filled in when it has accepted the worker. */
const worker = { id: undefined, pool: undefined, launch: undefined, labels: {} };

const SDK_VERSION = '0.1.0';
const PROTOCOL_VERSION = 1;

module.exports = { worker, SDK_VERSION, PROTOCOL_VERSION };
