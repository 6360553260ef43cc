import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  fileSystemOf,
  fileSystemOfMac,
  folderWarning,
  judgeFolder,
  type FolderFacts,
} from '../../src/core/folder-place.ts';

const LOCAL: FolderFacts = {
  folder: '/home/ada/study',
  home: '/home/ada',
  platform: 'linux',
  fileSystem: 'ext4',
  markers: [],
  copied: [],
};

/** What is found, and who keeps the folder then. */
const CASES: [string, Partial<FolderFacts>, string | undefined][] = [
  ['a local disk', {}, undefined],
  ['nothing known', { fileSystem: undefined }, undefined],
  ['memory', { fileSystem: 'tmpfs' }, undefined],
  ['a container', { fileSystem: 'overlay' }, undefined],
  ['an NTFS disk', { fileSystem: 'fuseblk' }, undefined],
  ['an encrypted folder', { fileSystem: 'fuse.gocryptfs' }, undefined],
  ['NFS', { fileSystem: 'nfs4' }, 'nfs4'],
  ['NFS of old', { fileSystem: 'nfs' }, 'nfs'],
  ['SMB', { fileSystem: 'cifs' }, 'cifs'],
  ['SMB of the kernel', { fileSystem: 'smb3' }, 'smb3'],
  ['sshfs', { fileSystem: 'fuse.sshfs' }, 'sshfs'],
  ['rclone', { fileSystem: 'fuse.rclone' }, 'rclone'],
  ["a virtual machine's host", { fileSystem: '9p' }, '9p'],
  ['Lustre', { fileSystem: 'lustre' }, 'lustre'],
  ['SMB on macOS', { platform: 'darwin', fileSystem: 'smbfs' }, 'smbfs'],
  ['a local disk of macOS', { platform: 'darwin', fileSystem: 'apfs' }, undefined],
  ['a share of Windows', { platform: 'win32', folder: '\\\\server\\share\\study' }, 'a Windows share'],
  ['a share by its long name', { platform: 'win32', folder: '\\\\?\\UNC\\server\\share' }, 'a Windows share'],
  [
    'a long path of Windows',
    { platform: 'win32', folder: '\\\\?\\C:\\study', home: 'C:\\Users\\ada' },
    undefined,
  ],
  ['Dropbox by its cache', { markers: [{ folder: '/home/ada', name: '.dropbox.cache' }] }, 'Dropbox'],
  ['Syncthing', { markers: [{ folder: '/home/ada/study', name: '.stfolder' }] }, 'Syncthing'],
  ['Nextcloud', { markers: [{ folder: '/home/ada', name: '.sync_0a1b2c3d.db' }] }, 'Nextcloud or ownCloud'],
  ['Dropbox by its word', { copied: [{ folder: '/home/ada/study', by: 'Dropbox' }] }, 'Dropbox'],
  ['a folder beside', { copied: [{ folder: '/home/ada/stud', by: 'Dropbox' }] }, undefined],
  ['Dropbox by its name', { folder: '/home/ada/Dropbox/study' }, 'Dropbox'],
  ["a firm's Dropbox", { folder: '/home/ada/Dropbox (Lab)/study' }, 'Dropbox'],
  ['a name somewhere else', { folder: '/data/Dropbox/study' }, undefined],
  ['a name that only begins so', { folder: '/home/ada/Dropboxes' }, undefined],
  ['OneDrive', { folder: '/home/ada/OneDrive - University/study' }, 'OneDrive'],
  [
    'OneDrive on Windows',
    { platform: 'win32', home: 'C:\\Users\\ada', folder: 'C:\\Users\\ada\\OneDrive\\study' },
    'OneDrive',
  ],
  [
    'iCloud Drive',
    {
      platform: 'darwin',
      home: '/Users/ada',
      folder: '/Users/ada/Library/Mobile Documents/com~apple~CloudDocs/s',
    },
    'iCloud Drive',
  ],
  [
    'a provider of macOS',
    {
      platform: 'darwin',
      home: '/Users/ada',
      folder: '/Users/ada/Library/CloudStorage/GoogleDrive-ada/My Drive',
    },
    'GoogleDrive',
  ],
];

describe('a folder', () => {
  for (const [name, facts, keeper] of CASES) {
    it(`${keeper === undefined ? 'is local' : `is kept by ${keeper}`}: ${name}`, () => {
      assert.equal(judgeFolder({ ...LOCAL, ...facts })?.keeper, keeper);
    });
  }

  it('is warned of by its name, what was found, the risk and what to do', () => {
    const network = { ...LOCAL, fileSystem: 'nfs4' };
    assert.deepEqual(folderWarning('The workspace', network, judgeFolder(network)!, 'Move it.'), {
      message:
        'The workspace /home/ada/study is on a network file system (nfs4; mounted as nfs4). ' +
        'It may show changes late or lose its connection in the middle of one.',
      nextStep: 'Move it.',
    });
  });
});

describe('the file system of a folder', () => {
  const mountinfo = [
    '22 1 252:0 / / rw,relatime shared:1 - ext4 /dev/vda rw',
    '30 22 0:40 / /home rw shared:2 - autofs systemd-1 rw',
    '31 30 0:41 / /home rw shared:3 - nfs4 server:/home rw',
    '32 31 0:42 / /home/ada/my\\040remote rw master:4 - fuse.sshfs ada@host:/ rw',
    '33 22 0:43 / /homework rw - tmpfs tmpfs rw',
    '',
  ].join('\n');
  for (const [folder, type] of [
    ['/', 'ext4'],
    ['/srv/study', 'ext4'],
    ['/home', 'nfs4'],
    ['/home/ada', 'nfs4'],
    ['/home/ada/my remote/study', 'fuse.sshfs'],
    ['/homework/x', 'tmpfs'],
  ] as const) {
    it(`of ${folder} is ${type}`, () => assert.equal(fileSystemOf(mountinfo, folder), type));
  }

  it('is read from what macOS prints', () => {
    const mounts = [
      '/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)',
      '//ada@server/share on /Volumes/share (smbfs, nodev, nosuid, mounted by ada)',
    ].join('\n');
    assert.equal(fileSystemOfMac(mounts, '/Volumes/share/study'), 'smbfs');
    assert.equal(fileSystemOfMac(mounts, '/Users/ada'), 'apfs');
  });
});
