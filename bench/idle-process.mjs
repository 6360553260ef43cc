/** A Node process that does nothing: the peer of processes that should do as little. JavaScript, because types cost 20 MB. */
import { setInterval } from 'node:timers';

setInterval(() => undefined, 1_000_000);
