/** Finds a Chromium to show the workbench in. None is downloaded: on many machines only the system's packages are reachable. */
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Names a Chromium or Chrome to use, before all others. */
export const chromiumVariable = 'NIGHTCREW_CHROMIUM';

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
];

const fixedPlaces: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: ['/usr/bin/chromium', '/snap/bin/chromium'],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [process.env['PROGRAMFILES'], process.env['PROGRAMFILES(X86)']]
    .filter((base) => base !== undefined)
    .flatMap((base) => [
      join(base, 'Google/Chrome/Application/chrome.exe'),
      join(base, 'Microsoft/Edge/Application/msedge.exe'),
    ]),
};

const nextStep: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'On Debian or Ubuntu: apt-get install chromium',
};

/** The path of a browser that playwright-core can drive; an error with the next step where there is none. */
export async function findChromium(): Promise<string> {
  const chosen = process.env[chromiumVariable];
  if (chosen) {
    if (await isExecutable(chosen)) return chosen;
    throw new Error(`${chromiumVariable} names ${chosen}, which is not an executable file.`);
  }
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter(Boolean)
    .flatMap((directory) => names.map((name) => join(directory, name)));
  for (const candidate of [...(fixedPlaces[process.platform] ?? []), ...onPath]) {
    if (await isExecutable(candidate)) return candidate;
  }
  const step = nextStep[process.platform] ?? 'Install Chrome or Chromium';
  throw new Error(`No Chromium found. ${step} - or name one in ${chromiumVariable}.`);
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
