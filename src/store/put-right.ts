/** What is done about damage that was found at the start: the damaged files are kept aside, and an account is given. */
import type { DamageReport } from './contract.ts';
import type { FileSystem } from './file-system.ts';
import { keepDamaged } from './keep-damaged.ts';
import type { SnapshotReport } from './projection-messages.ts';
import type { ReadBack } from './read-back.ts';
import type { SnapshotPaths } from './snapshot-files.ts';

/** Returns undefined when nothing was damaged. */
export async function putRight(
  files: FileSystem,
  paths: SnapshotPaths,
  at: number,
  snapshot: SnapshotReport,
  found: ReadBack,
): Promise<DamageReport | undefined> {
  const { scanned, salvaged, report } = found;
  const snapshots = damagedSnapshots(files, paths, snapshot);
  const { damage } = scanned;
  const segments = damage ? scanned.kept.slice(damage.index).map(({ path }) => path) : [];
  const left = report.skippedCount + report.mended;
  if (snapshots.length === 0 && segments.length === 0 && left === 0) return undefined;
  const account = {
    problems: [
      ...(snapshots.length > 0 ? [`${snapshot.problem}.`] : []),
      ...(damage ? [damage.problem] : []),
      ...report.skipped.slice(0, 1).map(({ reason }) => reason),
    ],
    lost: salvaged?.lost ?? 0,
    salvaged: salvaged?.salvaged ?? 0,
    skipped: report.skippedCount,
    mended: report.mended,
    doubtfulWorkers: report.doubtful,
  };
  const text = JSON.stringify(
    { ...account, brokenBytes: salvaged?.brokenBytes ?? 0, skippedEvents: report.skipped },
    null,
    2,
  );
  const keptIn = await keepDamaged(files, paths.folder, at, [...snapshots, ...segments], `${text}\n`);
  // The next snapshot would make it the previous one, in the place of one that is sound.
  if (snapshots.includes(paths.current)) {
    await files.remove(paths.current);
    await files.flushFolder(paths.folder);
  }
  return { ...account, keptIn };
}

function damagedSnapshots(files: FileSystem, paths: SnapshotPaths, { origin }: SnapshotReport): string[] {
  const tried =
    origin === 'current' ? [] : origin === 'previous' ? [paths.current] : [paths.current, paths.previous];
  return tried.filter((path) => files.exists(path));
}
