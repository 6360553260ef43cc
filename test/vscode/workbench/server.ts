/** One running VS Code server with folders of its own, so that two of them never meet and nothing is left of it. */
import { createWriteStream, existsSync, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installExtension } from './installed-extension.ts';
import { installWorkbench } from './install.ts';
import { outputFolder } from './locations.ts';
import { ProcessGroup } from './process-group.ts';
import { machineSettings, quietSettings, userSettings, writeSettings, type Settings } from './settings.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from './temporary-folder.ts';
import { waitFor } from './wait-for.ts';

export interface ServerOptions {
  /**
   * The extension to load from its sources: the folder of its package.json. Such a window has VS Code's smoke test
   * driver, and so no toasts. Suites need it.
   */
  extensionDevelopmentPath?: string;
  /** The extension to install instead, a folder or a `.vsix`: the window is then what a user has, toasts and all. */
  installedExtension?: string;
  /** User settings, on top of the quiet ones; kept data that has settings keeps them. */
  settings?: Settings;
  /** Variables for the server, and so for extension hosts and terminals; `undefined` takes one away. */
  env?: Record<string, string | undefined>;
  /** `false` turns the feature off, so every folder is trusted. By default a new folder opens in Restricted Mode. */
  workspaceTrust?: boolean;
  /** Keeps the data (settings, state, trust) in this folder instead of a temporary one. */
  dataFolder?: string;
  /** A fixed port; by default the system chooses a free one. */
  port?: number;
  /** Names the log: `test-output/vscode/<label>.log`. */
  label?: string;
}

export interface WindowTarget {
  /** The folder to open; without one the window is empty. */
  folder?: string;
  /** A module that exports `run()`; the window runs it in the extension host. */
  extensionTestsPath?: string;
}

const startTimeoutMs = 60_000;

/** How long an extension host outlives its page, and so how long one is left behind by a test run that was killed. */
const reconnectionGraceSeconds = 30;

export class WorkbenchServer {
  readonly logFile: string;
  readonly origin: string;
  readonly #group: ProcessGroup;
  readonly #options: ServerOptions;
  readonly #dataFolder: string;
  #liveSettings: Settings = {};

  private constructor(
    group: ProcessGroup,
    origin: string,
    logFile: string,
    dataFolder: string,
    options: ServerOptions,
  ) {
    this.#group = group;
    this.origin = origin;
    this.logFile = logFile;
    this.#dataFolder = dataFolder;
    this.#options = options;
  }

  /** Starts a server and waits until it answers. Installs the workbench first where it is missing. */
  static async start(options: ServerOptions = {}): Promise<WorkbenchServer> {
    const workbench = await installWorkbench();
    const environment = serverEnvironment(options.env);
    const dataFolder = options.dataFolder ?? (await makeTemporaryFolder('nightcrew-vscode-'));
    // Kept data holds what its user has changed since.
    if (!existsSync(userSettings(dataFolder))) {
      await writeSettings(userSettings(dataFolder), { ...quietSettings, ...options.settings });
    }
    const extensionsFolder = join(dataFolder, 'extensions');
    if (options.installedExtension !== undefined) {
      await installExtension(options.installedExtension, extensionsFolder, workbench, environment);
    }
    const serverArguments = [
      ...[
        '--host',
        '127.0.0.1',
        '--port',
        String(options.port ?? 0),
        '--without-connection-token',
        '--accept-server-license-terms',
      ],
      // Without it the page ignores the development and test paths in its URL.
      ...(options.installedExtension === undefined ? ['--enable-smoke-test-driver'] : []),
      ...['--server-data-dir', join(dataFolder, 'server'), '--user-data-dir', join(dataFolder, 'user')],
      ...['--extensions-dir', extensionsFolder, '--telemetry-level', 'off'],
      ...['--enable-remote-auto-shutdown', '--reconnection-grace-time', String(reconnectionGraceSeconds)],
      ...(options.workspaceTrust === false ? ['--disable-workspace-trust'] : []),
    ];
    const logFile = join(outputFolder, 'vscode', `${options.label ?? `server-${process.pid}`}.log`);
    const log = await openLog(logFile);
    const group = new ProcessGroup(workbench.node, [workbench.serverMain, ...serverArguments], {
      env: environment,
    });
    group.child.stdout?.pipe(log, { end: false });
    group.child.stderr?.pipe(log, { end: false });
    void group.exited.then(() => log.end());
    try {
      const port = await announcedPort(group, logFile);
      return new WorkbenchServer(group, `http://127.0.0.1:${port}`, logFile, dataFolder, options);
    } catch (error) {
      await group.end();
      if (options.dataFolder === undefined) await removeTemporaryFolder(dataFolder);
      throw error;
    }
  }

  /** Settles when the server has ended, by `close` or by itself. */
  get ended(): Promise<void> {
    return this.#group.exited;
  }

  /** The address of a window. Any number of windows may be open at once. */
  url({ folder, extensionTestsPath }: WindowTarget = {}): string {
    const { extensionDevelopmentPath } = this.#options;
    const payload: [string, string][] = [];
    if (extensionDevelopmentPath)
      payload.push(['extensionDevelopmentPath', this.#remoteUri(extensionDevelopmentPath)]);
    if (extensionTestsPath) payload.push(['extensionTestsPath', this.#remoteUri(extensionTestsPath)]);
    const query = new URLSearchParams(folder ? { folder: urlPath(folder) } : { ew: 'true' });
    if (payload.length > 0) query.set('payload', JSON.stringify(payload));
    // A slash may stand in a query as it is, and people read this address.
    return `${this.origin}/?${query.toString().replaceAll('%2F', '/')}`;
  }

  /** Changes settings while windows are open. `undefined` gives one back to the settings of the start. */
  async updateSettings(changes: Settings): Promise<void> {
    this.#liveSettings = { ...this.#liveSettings, ...changes };
    await writeSettings(machineSettings(this.#dataFolder), this.#liveSettings);
  }

  /** Ends the server with its extension hosts and terminals, and removes its temporary folders. */
  async close(): Promise<void> {
    await this.#group.end();
    if (this.#options.dataFolder !== undefined) return;
    await removeTemporaryFolder(this.#dataFolder);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #remoteUri(path: string): string {
    return `vscode-remote://${new URL(this.origin).host}${pathToFileURL(path).pathname}`;
  }
}

/** An absolute path as VS Code writes it in a URI: forward slashes, a leading slash before a drive letter. */
function urlPath(path: string): string {
  return decodeURIComponent(pathToFileURL(path).pathname);
}

/** The port is the server's choice: one picked here could be taken by another process before the server binds it. */
async function announcedPort(group: ProcessGroup, logFile: string): Promise<string> {
  let said = '';
  group.child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
  let ended = false;
  void group.exited.then(() => (ended = true));
  const port = () => /Extension host agent listening on (\d+)/.exec(said)?.[1];
  await waitFor(`the VS Code server to listen (log: ${logFile})`, () => ended || port(), Boolean, {
    timeoutMs: startTimeoutMs,
  });
  const found = port();
  if (found === undefined)
    throw new Error(`The VS Code server ended before it listened (log: ${logFile}):\n${said}`);
  return found;
}

async function openLog(file: string): Promise<WriteStream> {
  await mkdir(join(file, '..'), { recursive: true });
  return createWriteStream(file);
}

/**
 * Our environment without what the tools around us put there: a surrounding VS Code terminal, `npm run` and
 * `node --test` all leave variables that would change how the server, or a Node started in it, behaves.
 */
function serverEnvironment(extra: ServerOptions['env'] = {}): NodeJS.ProcessEnv {
  const foreign = /^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS$|NODE_TEST_CONTEXT$)/i;
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  // No gallery: on most machines of tests it is out of reach, and every look-up is an error in the log.
  return { ...Object.fromEntries(own), EXTENSIONS_GALLERY: '{}', ...extra };
}
