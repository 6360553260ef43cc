/**
 * What is kept of the service in the runtime folder, for its owner alone: where it answers, and the token. The token stays the
 * same from one start to the next, so that Prometheus and scripts need not be told anew.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { HttpPlace, HttpRecord } from '../control/http-process.ts';

/** The token that is there, or a new one. The file for curl is written with it: a token in argv would be everybody's. */
export function keepToken(place: HttpPlace, anew: boolean): string {
  mkdirSync(dirname(place.tokenFile), { recursive: true, mode: 0o700 });
  const known = anew ? undefined : readToken(place.tokenFile);
  const token = known ?? randomBytes(32).toString('hex');
  if (!known) writePrivate(place.tokenFile, token);
  writePrivate(place.headerFile, `Authorization: Bearer ${token}\n`);
  return token;
}

export function writeRecord({ recordFile }: HttpPlace, record: HttpRecord): void {
  writePrivate(recordFile, `${JSON.stringify(record, null, 2)}\n`);
}

/** Unless another one has written its own meanwhile. */
export function removeRecord({ recordFile }: HttpPlace, record: HttpRecord): void {
  try {
    const there = JSON.parse(readFileSync(recordFile, 'utf8')) as HttpRecord;
    if (there.process.pid === record.process.pid) rmSync(recordFile, { force: true });
  } catch {
    // It was swept away, or is none.
  }
}

function readToken(file: string): string | undefined {
  try {
    const token = readFileSync(file, 'utf8').trim();
    return /^[0-9a-f]{64}$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}

/** Made anew, so that nobody who has the old file open, or made it with a wider mode, reads the new one. */
function writePrivate(file: string, text: string): void {
  const partial = `${file}.${process.pid}`;
  rmSync(partial, { force: true });
  writeFileSync(partial, text, { mode: 0o600, flag: 'wx' });
  renameSync(partial, file);
}
