import type { ServerInfo } from '../control/crew-state.ts';

/** What the log says when a supervisor was found: `before` is the one that was known until then. */
export function connectedText(server: ServerInfo, before: ServerInfo | undefined): string {
  if (!before || before.serverId === server.serverId)
    return `Connected to the supervisor, PID ${server.pid}, of ${server.workspace}.`;
  const pids = `PID ${server.pid}, was ${before.pid}`;
  return server.start.cause === 'handed-over'
    ? `Another supervisor took over, and the workers went on: version ${server.version}, was ${before.version}; ${pids}.`
    : `The supervisor was restarted: ${pids}.`;
}
