/** A Node process that does nothing: the peer of processes that should do as little. */
setInterval(() => undefined, 1_000_000);
