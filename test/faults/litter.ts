/** Puts there what processes that were killed in the middle of something leave behind. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ChaosFolder } from './chaos-folder.ts';

/** Says what was done. Called while neither supervisor nor keeper lives. */
export function leaveLitter(
  folder: ChaosFolder,
  [choice, second]: readonly [number, number, number],
): string {
  const [name] = existsSync(folder.runtime) ? readdirSync(folder.runtime) : [];
  if (name === undefined || !existsSync(join(folder.stateFolder, 'turn'))) return 'there is no folder yet';
  const runtime = join(folder.runtime, name);
  const lease = join(runtime, 'supervisor.lease');
  const turn = join(folder.stateFolder, 'turn');
  const pieces: [string, () => void][] = [
    ['half a snapshot', () => put(join(folder.stateFolder, 'nightcrew.db.partial'), halfSnapshot(folder))],
    ['a second name of a snapshot', () => linkSnapshot(folder)],
    ['a lease that is cut short', () => put(lease, '{"identity":{"pid":')],
    ['an empty lease', () => put(lease, '')],
    ['a lease whose PID is another process now', () => put(lease, recycledLease(lease))],
    ['a lease in the making', () => put(`${lease}.partial`, '{')],
    ['the ticket of a process that is gone', () => put(join(turn, ticket(4_194_304)), '')],
    ['a ticket whose PID is another process now', () => put(join(turn, ticket(process.pid)), '{"runtime')],
    ['a file among the tickets that is none', () => put(join(turn, 'Thumbs.db'), '')],
    ['half a record of a keeper', () => put(join(runtime, 'keeper.json'), '{"identity":')],
    ['a record in the making', () => put(join(runtime, 'keeper.json.4711.partial'), '{}')],
    [
      'a record of a keeper whose PID is another process now',
      () => put(join(runtime, 'keeper.json'), recycledRecord(runtime)),
    ],
    [
      'dead sockets',
      () => ['keeper.sock', 'control-v1.sock'].forEach((socket) => deadSocket(join(runtime, socket))),
    ],
  ];
  const chosen = [...new Set([choice, second])].map(
    (fraction) => pieces[Math.floor(fraction * pieces.length)]!,
  );
  for (const [, act] of chosen) act();
  return chosen.map(([what]) => what).join(' and ');
}

function put(file: string, content: string | Buffer): void {
  writeFileSync(file, content, { mode: 0o600 });
}

function halfSnapshot({ stateFolder }: ChaosFolder): Buffer {
  const database = join(stateFolder, 'nightcrew.db');
  if (!existsSync(database)) return Buffer.from('SQLite format 3\0');
  const whole = readFileSync(database);
  return whole.subarray(0, whole.length / 2);
}

function linkSnapshot({ stateFolder }: ChaosFolder): void {
  const database = join(stateFolder, 'nightcrew.db');
  const link = `${database}.previous.new`;
  if (existsSync(database) && !existsSync(link)) linkSync(database, link);
}

/** In front of all others: of this machine and boot, and with the start time of no process. */
function ticket(pid: number): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const place = [hostname(), machine(), readlinkSync('/proc/self/ns/pid')].join('/');
  return ['00000000', pid, 1, boot, encodeURIComponent(place).replaceAll('.', '%2e')].join('.');
}

function machine(): string {
  const file = '/etc/machine-id';
  return existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 8) : '';
}

/** Of a process that lives (ours), with the start time of one that does not. */
function recycledLease(lease: string): string {
  const text = existsSync(lease) ? readFileSync(lease, 'utf8') : '';
  return text.replace(/"pid":\d+/, `"pid":${process.pid}`);
}

function recycledRecord(runtime: string): string {
  const file = join(runtime, 'keeper.json');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return text.replace(/"pid":\d+/, `"pid":${process.pid}`);
}

/** A socket's file outlives its process when that did not close it, which Node always does. */
function deadSocket(path: string): void {
  // A supervisor that is being started just now may make one of its own.
  if (existsSync(path)) return;
  spawnSync('python3', ['-c', 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])', path]);
}
