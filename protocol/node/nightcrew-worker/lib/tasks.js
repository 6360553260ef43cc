'use strict';

/** Tasks of this process by their names, in the order of definition. */
const registered = new Map();

function task(name, optionsOrHandler, maybeHandler) {
  const [options, handler] =
    typeof optionsOrHandler === 'function' ? [{}, optionsOrHandler] : [optionsOrHandler, maybeHandler];
  if (typeof handler !== 'function') throw new TypeError(`task ${name}: the handler is no function`);
  if (registered.has(name)) throw new Error(`there are two tasks named ${name}`);
  registered.set(name, { name, description: options.description, handler });
}

module.exports = { task, registered };
