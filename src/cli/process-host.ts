/** The host of the real command line: this process, its terminal and the supervisors of this machine. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { connectOrStart } from '../control/connect.ts';
import { startHttp } from '../control/http-process.ts';
import { connectPatiently } from '../control/successor.ts';
import { systemClock, type Clock } from '../core/clock.ts';
import { collectSettings, type GivenSetting } from '../core/settings.ts';
import type { Host } from './host.ts';
import { processTerminal } from './process-terminal.ts';

/** The bundles of the other processes stand beside this one. */
const distribution = dirname(fileURLToPath(import.meta.url));

const settings = (): GivenSetting[] => collectSettings(() => undefined, process.env);

const lastingClock: Clock = {
  ...systemClock,
  after: (milliseconds, action) => {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};

export function processHost(): Host {
  return {
    settings,
    terminal: processTerminal(process.env),
    clock: lastingClock,
    folder: process.cwd(),
    version: manifest.version,
    connect: (workspace) => connectPatiently({ workspace, client: 'cli', distribution, settings }),
    connectOrStart: (workspace, how) =>
      connectOrStart({ workspace, client: 'cli', distribution, settings, ...how }),
    startHttp: (options, log) => startHttp({ ...options, distribution }, log),
    onSignal: (signal, listener) => {
      process.on(signal, listener);
      return () => process.off(signal, listener);
    },
  };
}
