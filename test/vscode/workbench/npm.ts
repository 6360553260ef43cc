/** npm as the set-up of the workbench needs it: same result whatever npm, Node and settings the machine has. */
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';
import { ProcessGroup } from './process-group.ts';

/**
 * Settings that say how to reach a registry are the machine's business and are kept. Everything else in
 * `npm_*` describes the `npm run` that started us (its prefix, its package) or changes what an install does.
 */
const keptSettings =
  /^npm_config_(registry|cafile|ca|cert|key|strict_ssl|proxy|https_proxy|noproxy|cache|userconfig|globalconfig|@.*:registry|\/\/.*)$/i;

/** The environment for npm: `extra` settings on top of what is kept of our own. */
export function npmEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_/i.test(name) || keptSettings.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    // code-server refuses other Nodes than its own; the first install, which brings that Node, may run under any.
    npm_config_engine_strict: 'false',
    ...extra,
  };
}

/** A command that runs npm: the one on PATH, or `npm-cli.js` of a package run by a chosen Node. */
export interface Npm {
  command: string;
  prefixArguments: string[];
  environment: NodeJS.ProcessEnv;
}

/** The machine's own npm, whatever its version: only good for `npm install --ignore-scripts`. */
export function machineNpm(): Npm {
  return { command: 'npm', prefixArguments: [], environment: npmEnvironment() };
}

/**
 * The pinned npm under the pinned Node. That Node comes first in PATH, for what npm itself starts (node-gyp), and
 * `nodeHome` holds the headers that native modules are built against: without it node-gyp would download them.
 */
export function pinnedNpm(node: string, npmCli: string, nodeHome: string, globalConfig: string): Npm {
  const path = [dirname(node), process.env['PATH']].join(delimiter);
  return {
    command: node,
    prefixArguments: [npmCli],
    environment: npmEnvironment({
      PATH: path,
      npm_config_nodedir: nodeHome,
      npm_config_globalconfig: globalConfig,
    }),
  };
}

/** Runs npm in a folder and returns its stdout; fails with all that npm said. */
export async function runNpm(npm: Npm, cwd: string, npmArguments: string[]): Promise<string> {
  const { child } = new ProcessGroup(npm.command, [...npm.prefixArguments, ...npmArguments], {
    cwd,
    env: npm.environment,
    // On Windows npm is a .cmd file, which only a shell can start. Our arguments hold nothing to quote.
    shell: process.platform === 'win32' && npm.command === 'npm',
  });
  let stdout = '';
  let transcript = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    transcript += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (transcript += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === 0) return stdout;
  throw new Error(`npm ${npmArguments.join(' ')} failed (exit ${String(code)}) in ${cwd}:\n${transcript}`);
}
