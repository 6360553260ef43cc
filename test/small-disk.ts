/**
 * A real disk of a few megabytes, for tests of what happens when it is full or turns read-only. Mounting takes root or `sudo`
 * without a password; where neither is there, `unavailable` says so.
 */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { basename, join } from 'node:path';

const root: readonly string[] | undefined = rootCommand();

/** Why no disk can be mounted here; false when one can. */
export const unavailable: string | false =
  root === undefined ? 'mounting a disk takes Linux and root, or sudo without a password' : false;

/** Why no disk can be made that turns read-only by itself. */
export const noFailingDisk: string | false =
  unavailable ||
  (existsSync('/sys/fs/ext4') && existsSync('/dev/loop-control')
    ? false
    : 'there is no ext4 or no loop device');

export class SmallDisk {
  readonly folder: string;
  readonly #filler: string;
  readonly #image: string | undefined;
  #device = '';

  private constructor(image: string | undefined) {
    this.folder = mkdtempSync(join(tmpdir(), 'nightcrew-disk-'));
    this.#filler = join(this.folder, 'filler');
    this.#image = image;
  }

  /** In memory. */
  static mount(megabytes: number): SmallDisk {
    const disk = new SmallDisk(undefined);
    const { uid, gid } = userInfo();
    const options = `size=${megabytes}m,mode=0700,uid=${uid},gid=${gid}`;
    asRoot('mount', '-t', 'tmpfs', '-o', options, 'nightcrew-test', disk.folder);
    return disk;
  }

  /** In an image file, with a file system that turns read-only when it finds an error. */
  static mountFailing(megabytes: number): SmallDisk {
    const image = `${mkdtempSync(join(tmpdir(), 'nightcrew-image-'))}/image`;
    const disk = new SmallDisk(image);
    closeSync(openSync(image, 'w'));
    truncateSync(image, megabytes * 1024 * 1024);
    const { uid, gid } = userInfo();
    execFileSync('mkfs.ext4', ['-q', '-E', `root_owner=${uid}:${gid}`, image], { stdio: 'pipe' });
    disk.#mountImage();
    return disk;
  }

  /** Leaves no byte free. */
  fill(): void {
    const file = openSync(this.#filler, 'a');
    try {
      for (let size = 1024 * 1024; size >= 1;) {
        try {
          writeSync(file, Buffer.alloc(size));
        } catch {
          size = Math.floor(size / 2);
        }
      }
    } finally {
      closeSync(file);
    }
  }

  /** Takes away what `fill` put there. */
  free(): void {
    rmSync(this.#filler, { force: true });
  }

  /** Brings to the disk what was written so far. */
  flush(): void {
    execFileSync('sync', ['--file-system', this.folder]);
  }

  /** The kernel finds an error and turns the file system read-only, files that are open for writing included. */
  turnReadOnly(): void {
    asRoot('sh', '-c', `echo 1 > /sys/fs/ext4/${basename(this.#device)}/trigger_fs_error`);
  }

  /** Checked and mounted anew, as after a restart of the machine. Nobody may have a file open on it. */
  repair(): void {
    asRoot('umount', this.folder);
    try {
      asRoot('fsck.ext4', '-p', this.#image!);
    } catch {
      // Status 1: errors were corrected, the one that was made up among them.
    }
    this.#mountImage();
  }

  [Symbol.dispose](): void {
    // Lazily: after a test that failed, something may still have a file open.
    asRoot('umount', '-l', this.folder);
    rmSync(this.folder, { recursive: true });
    if (this.#image) rmSync(join(this.#image, '..'), { recursive: true });
  }

  #mountImage(): void {
    asRoot('mount', '-o', 'loop,errors=remount-ro', this.#image!, this.folder);
    const line = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .find((mount) => mount.split(' ')[1] === this.folder);
    this.#device = line!.split(' ')[0]!;
  }
}

function rootCommand(): string[] | undefined {
  if (process.platform !== 'linux') return undefined;
  for (const command of [[], ['sudo', '-n']]) {
    const [program, ...rest] = [...command, 'unshare', '--mount', 'true'];
    try {
      execFileSync(program!, rest, { stdio: 'ignore' });
      return command;
    } catch {
      // Not that way.
    }
  }
  return undefined;
}

function asRoot(...command: string[]): void {
  const [program, ...rest] = [...root!, ...command];
  execFileSync(program!, rest, { stdio: 'pipe' });
}
