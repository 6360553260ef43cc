/**
 * Whether a folder is kept by somebody else than the local disk: a network file system, or a program that copies files to
 * other machines behind everybody's back. Both may bring back old bytes, hold files open or show changes late, which a journal
 * must not see.
 */
export interface FolderFacts {
  /** Absolute, links resolved. */
  folder: string;
  home: string;
  platform: NodeJS.Platform;
  /** As the system names it: `ext4`, `nfs4`, `fuse.sshfs`; undefined where it does not tell. */
  fileSystem: string | undefined;
  /** Names of files and folders in the folder itself and in those above it that a program may have put there. */
  markers: { folder: string; name: string }[];
  /** Folders that programs say they copy. */
  copied: { folder: string; by: string }[];
}

export interface FolderRisk {
  kind: 'network' | 'synced';
  /** Who keeps it, for a person. */
  keeper: string;
  /** By what it was recognised. */
  sign: string;
}

const NETWORK_FILE_SYSTEMS = new Set(
  (
    'nfs nfs4 cifs smb3 smbfs afpfs webdav davfs afs ncpfs 9p ceph lustre gpfs beegfs glusterfs coda vboxsf prl_fs ' +
    'sshfs rclone s3fs gcsfuse davfs2 ceph-fuse gvfsd-fuse google-drive-ocamlfuse onedriver vmhgfs-fuse goofys curlftpfs'
  ).split(' '),
);

/** What programs leave in the folders that they copy. */
const MARKERS: [RegExp, string][] = [
  [/^\.dropbox(\.cache)?$/, 'Dropbox'],
  [/^\.stfolder$/, 'Syncthing'],
  [/^\.nextcloudsync\.log$/, 'Nextcloud'],
  [/^\.owncloudsync\.log$/, 'ownCloud'],
  [/^\._?sync_[0-9a-f]+\.db$/, 'Nextcloud or ownCloud'],
  [/^\.tmp\.drive(download|upload)$/, 'Google Drive'],
];

/** How they name their folders in the home folder. */
const NAMES: [RegExp, string][] = [
  [/^Dropbox( \(.+\))?$/, 'Dropbox'],
  [/^OneDrive( - .+)?$/, 'OneDrive'],
  [/^(Google Drive|GoogleDrive)$/, 'Google Drive'],
  [/^(iCloudDrive|iCloud Drive)$/, 'iCloud Drive'],
  [/^Nextcloud\d*$/, 'Nextcloud'],
  [/^ownCloud$/, 'ownCloud'],
];

export function isMarker(name: string): boolean {
  return MARKERS.some(([pattern]) => pattern.test(name));
}

/** Undefined for a folder of which nothing speaks against the local disk. */
export function judgeFolder(facts: FolderFacts): FolderRisk | undefined {
  return judgeFileSystem(facts) ?? judgeMarkers(facts) ?? judgeCopied(facts) ?? judgePath(facts);
}

export function folderWarning(
  what: string,
  { folder }: FolderFacts,
  { kind, keeper, sign }: FolderRisk,
  remedy: string,
): { message: string; nextStep: string } {
  const risk =
    kind === 'network'
      ? 'It may show changes late or lose its connection in the middle of one.'
      : 'It may bring back old files or hold them open while they are written.';
  const how = kind === 'network' ? `is on a network file system (${keeper}` : `is copied by ${keeper} (`;
  const reason = kind === 'network' ? `; ${sign})` : `${sign})`;
  return { message: `${what} ${folder} ${how}${reason}. ${risk}`, nextStep: remedy };
}

/** The type of the file system that holds a folder, from Linux's `/proc/self/mountinfo`. */
export function fileSystemOf(mountinfo: string, folder: string): string | undefined {
  let best: { point: string; type: string } | undefined;
  for (const line of mountinfo.split('\n')) {
    const [mount, source] = line.split(' - ');
    const point = mount?.split(' ')[4];
    const type = source?.split(' ')[0];
    if (point === undefined || type === undefined) continue;
    const path = point.replaceAll(/\\(\d{3})/g, (_, octal: string) =>
      String.fromCharCode(parseInt(octal, 8)),
    );
    // A later mount over the same point hides the earlier one. Automounters stand for what they have not mounted yet.
    if (type !== 'autofs' && isWithin(folder, path, '/') && path.length >= (best?.point.length ?? 0))
      best = { point: path, type };
  }
  return best?.type;
}

/** The same from what `mount` prints on macOS: `//ada@server/share on /Volumes/share (smbfs, nodev)`. */
export function fileSystemOfMac(mounts: string, folder: string): string | undefined {
  let best: { point: string; type: string } | undefined;
  for (const line of mounts.split('\n')) {
    const match = / on (\/.*) \(([^,)]+)/.exec(line);
    if (!match) continue;
    const [, point, type] = match;
    if (isWithin(folder, point!, '/') && point!.length >= (best?.point.length ?? 0))
      best = { point: point!, type: type! };
  }
  return best?.type;
}

function judgeFileSystem({ folder, platform, fileSystem }: FolderFacts): FolderRisk | undefined {
  if (platform === 'win32') {
    const isShare = /^\\\\(?![?.]\\)/.test(folder) || /^\\\\\?\\UNC\\/i.test(folder);
    return isShare
      ? { kind: 'network', keeper: 'a Windows share', sign: 'its path begins with \\\\' }
      : undefined;
  }
  if (fileSystem === undefined) return undefined;
  const name = fileSystem.replace(/^fuse(blk)?\./, '');
  if (!NETWORK_FILE_SYSTEMS.has(name)) return undefined;
  return { kind: 'network', keeper: name, sign: `mounted as ${fileSystem}` };
}

function judgeMarkers({ markers }: FolderFacts): FolderRisk | undefined {
  for (const { folder, name } of markers) {
    const known = MARKERS.find(([pattern]) => pattern.test(name));
    if (known) return { kind: 'synced', keeper: known[1], sign: `there is a ${name} in ${folder}` };
  }
  return undefined;
}

function judgeCopied({ folder, platform, copied }: FolderFacts): FolderRisk | undefined {
  const found = copied.find((root) => isWithin(folder, root.folder, separator(platform)));
  return found && { kind: 'synced', keeper: found.by, sign: `it says that it copies ${found.folder}` };
}

function judgePath({ folder, home, platform }: FolderFacts): FolderRisk | undefined {
  const between = separator(platform);
  if (home === '' || !isWithin(folder, home, between)) return undefined;
  const [first = '', second, third] = folder.slice(home.length).split(between).filter(Boolean);
  if (first === 'Library' && second === 'Mobile Documents')
    return { kind: 'synced', keeper: 'iCloud Drive', sign: 'it is in Library/Mobile Documents' };
  if (first === 'Library' && second === 'CloudStorage' && third !== undefined)
    return { kind: 'synced', keeper: third.split('-')[0]!, sign: 'it is in Library/CloudStorage' };
  const known = NAMES.find(([pattern]) => pattern.test(first));
  return known && { kind: 'synced', keeper: known[1], sign: `it is in the folder ${first} of your home` };
}

function isWithin(folder: string, root: string, between: string): boolean {
  return folder === root || folder.startsWith(root.endsWith(between) ? root : root + between);
}

function separator(platform: NodeJS.Platform): string {
  return platform === 'win32' ? '\\' : '/';
}
