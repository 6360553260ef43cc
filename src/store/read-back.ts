/**
 * Reads all that the state folder holds into the projection: the journal behind the snapshot, and what can be salvaged behind
 * damage. Changes no file; refuses what must not be gone on from.
 */
import { StoreError } from './store-error.ts';
import type { FileSystem } from './file-system.ts';
import { salvageJournal, type SalvagedJournal } from './journal-salvage.ts';
import { scanJournal, type ScannedJournal } from './journal-scan.ts';
import type { ProjectionClient } from './projection-client.ts';
import type { SnapshotReport } from './projection-messages.ts';
import type { ReplayReport } from './replay.ts';
import type { SnapshotPaths } from './snapshot-files.ts';

export interface ReadBack {
  scanned: ScannedJournal;
  salvaged?: SalvagedJournal;
  /** Events that were read from the journal. */
  replayed: number;
  report: ReplayReport;
}

export async function readBack(
  files: FileSystem,
  journalFolder: string,
  paths: SnapshotPaths,
  snapshot: SnapshotReport,
  projection: ProjectionClient,
): Promise<ReadBack> {
  const sender = new ReplaySender(projection);
  const replay = (text: string, count: number): Promise<void> | void => sender.send(text, count);
  const scanned = await scanJournal(files, journalFolder, snapshot.sequence, replay);
  refuseWithoutBeginning(scanned, snapshot, paths);
  const salvaged = scanned.damage
    ? await salvageJournal(files, scanned.kept.slice(scanned.damage.index), scanned.lastSequence, replay)
    : undefined;
  if (salvaged) scanned.lastSequence = salvaged.lastSequence;
  sender.sendNow();
  const report = await projection.finishReplay(salvaged?.brokenEnd ?? false);
  return { scanned, ...(salvaged ? { salvaged } : {}), replayed: sender.count, report };
}

/** To begin with an empty queue where there was a full one would be to lose it without a word. */
function refuseWithoutBeginning(
  scanned: ScannedJournal,
  { origin, problem }: SnapshotReport,
  { current, previous }: SnapshotPaths,
): void {
  if (origin !== 'none') return;
  const hadEvents = problem !== undefined || scanned.damage !== undefined;
  if (!hadEvents || !(scanned.beginsLate || (problem !== undefined && scanned.lastSequence === 0))) return;
  const first = scanned.kept[0] ?? scanned.dropped[0];
  const journal = first
    ? `the journal holds only what came after event ${first.first - 1}`
    : 'there is no journal';
  throw new StoreError(
    `The queue cannot be restored: ${problem ?? 'there is no snapshot'}, and ${journal}.`,
    current,
    `Nothing was changed. Restore ${current} or ${previous} from a backup, or move the folder .nightcrew away to start afresh.`,
  );
}

/** Characters that are sent together: each message wakes the other thread. */
const MESSAGE_LENGTH = 256 * 1024;
/** Characters after which the projection is waited for, which bounds the memory of a long replay. */
const REPLAY_LENGTH = 8 * 1024 * 1024;

class ReplaySender {
  readonly #projection: ProjectionClient;
  #collected: string[] = [];
  #collectedLength = 0;
  #underWay = 0;
  count = 0;

  constructor(projection: ProjectionClient) {
    this.#projection = projection;
  }

  send(text: string, count: number): Promise<void> | void {
    this.count += count;
    this.#collected.push(text);
    this.#collectedLength += text.length;
    if (this.#collectedLength < MESSAGE_LENGTH) return;
    this.#underWay += this.#collectedLength;
    this.sendNow();
    if (this.#underWay < REPLAY_LENGTH) return;
    this.#underWay = 0;
    return this.#projection.query('guard', {}).then(() => undefined);
  }

  sendNow(): void {
    if (this.#collected.length > 0) this.#projection.replay(this.#collected.join());
    this.#collected = [];
    this.#collectedLength = 0;
  }
}
