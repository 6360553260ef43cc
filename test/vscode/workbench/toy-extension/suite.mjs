/** Passes, or fails where the environment says so. */
import { extensions } from 'vscode';

export async function run() {
  await extensions.getExtension('nightcrew.toy').activate();
  globalThis.console.log('the toy is %s', 'active');
  if (globalThis.process.env.TOY_FAILS) throw new Error('told to fail');
}
