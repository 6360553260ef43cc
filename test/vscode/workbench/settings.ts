/** The settings of a workbench: which it starts with, and where they are. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export type Settings = Record<string, unknown>;

/** Quiet and alike on every run: nothing calls out, nothing pops up that a test did not ask for. */
export const quietSettings: Settings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': 'off',
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  // It would tell of every port that any process of this user opens meanwhile.
  'remote.autoForwardPorts': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  // A question of the browser before it leaves the page would hold up every reload and close.
  'window.confirmBeforeClose': 'never',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** The user's own, of any scope. A server reads them when a window opens, and does not watch them. */
export function userSettings(dataFolder: string): string {
  return join(dataFolder, 'user', 'User', 'settings.json');
}

/** Those of the machine, stronger than the user's. They are watched, but hold nothing of application scope. */
export function machineSettings(dataFolder: string): string {
  return join(dataFolder, 'user', 'Machine', 'settings.json');
}

/** Written aside and renamed: the workbench must never read half a file, which it would show as a broken one. */
export async function writeSettings(file: string, settings: Settings): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.draft`, JSON.stringify(settings, null, 2));
  await rename(`${file}.draft`, file);
}
